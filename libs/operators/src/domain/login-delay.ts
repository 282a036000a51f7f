/** Failed logins in a row without a lock, because people mistype. */
export const FREE_FAILURES = 4;

const FIRST_LOCK_SECONDS = 30;
/** The longest lock of an account. */
export const LONGEST_LOCK_SECONDS = 900;

/**
 * How long an account is locked after `failures` failed logins in a row: 0 for the first four, then 30 seconds, doubled by each further
 * failure, 15 minutes at most.
 *
 * @remarks Short, so that locking out a colleague on purpose has little effect. A reset ends the lock.
 */
export function lockSeconds(failures: number): number {
  if (failures <= FREE_FAILURES) return 0;
  return Math.min(FIRST_LOCK_SECONDS * 2 ** Math.min(failures - FREE_FAILURES - 1, 10), LONGEST_LOCK_SECONDS);
}
