/** Seconds to wait after the first failed attempt, the second and so on. */
export type RetryDelays = readonly number[];

/** Where a consumer declares nothing else; `OUTBOX_MAX_ATTEMPTS` says how many attempts there are. */
export const RETRY_DELAYS: RetryDelays = [5, 15, 60, 300];

/** The longest delay that can be asked for, in seconds: with its jitter it stays below the hour after which a due time is not believed. */
export const LONGEST_RETRY_DELAY = 3_000;

const JITTER = 0.2;

/**
 * Seconds to wait after the given failed attempt, ±20 %.
 *
 * @param attempt - 1 for the first failure; past the end of the delays the last one holds
 * @param random - from 0 to 1, for the jitter
 */
export function retryDelaySeconds(attempt: number, delays: RetryDelays = RETRY_DELAYS, random: number = Math.random()): number {
  const base = delays[Math.min(attempt, delays.length) - 1] ?? 0;
  return base * (1 - JITTER + 2 * JITTER * random);
}
