const DAY_MS = 86_400_000;

/** With fewer days left somebody should renew a certificate: whatever renews it by itself would have done so. */
export const EXPIRES_SOON_DAYS = 14;

/** Whole days until an instant, by the clock of this machine; negative afterwards. */
export function daysUntil(instant: string): number {
  return Math.floor((Date.parse(instant) - Date.now()) / DAY_MS);
}
