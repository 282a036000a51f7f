/** Seconds after which an event is tried again, one for each failed attempt; the attempt after the last one is the last. */
export type RetryDelays = readonly number[];

/** How failed events are tried again where nothing else is said. */
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
