/** Failed logins in a row that nothing happens after: people mistype. */
export const FREE_FAILURES = 4;

const FIRST_LOCK_SECONDS = 30;
/** The longest that an account takes no login. */
export const LONGEST_LOCK_SECONDS = 900;

/**
 * How long an account takes no login after its `failures`-th failure in a row: nothing for the first four, then 30 seconds, twice
 * as long for each further one, 15 minutes at most.
 *
 * @remarks Fifteen minutes, so that whoever locks a colleague out on purpose does it for a while only; an administrator's reset or
 * the command line ends it at once.
 */
export function lockSeconds(failures: number): number {
  if (failures <= FREE_FAILURES) return 0;
  return Math.min(FIRST_LOCK_SECONDS * 2 ** Math.min(failures - FREE_FAILURES - 1, 10), LONGEST_LOCK_SECONDS);
}
