const DAY_MS = 86_400_000;

/** An automatic renewal happens earlier, so with fewer days left an operator has to look. */
export const EXPIRES_SOON_DAYS = 14;

/** Whole days until an instant, by the clock of this machine; negative afterwards. */
export function daysUntil(instant: string): number {
  return Math.floor((Date.parse(instant) - Date.now()) / DAY_MS);
}
