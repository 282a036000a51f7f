import { InvalidOperatorFieldError } from './operator.errors.js';

/** The longest time for which a key and the one that replaces it may both count, in seconds: a week. */
export const MAX_OVERLAP_SECONDS = 604_800;

/** How long both count when nothing is said: a day. */
export const DEFAULT_OVERLAP_SECONDS = 86_400;

const DAY_MS = 86_400_000;

/**
 * Refuses a key that would have ended before it began, or that lasts longer than is allowed.
 *
 * @param maxDays - the longest life
 * @throws InvalidOperatorFieldError
 */
export function requireKeyLife(expiresAt: Date | null, now: Date, maxDays: number): void {
  if (expiresAt === null) return;
  if (expiresAt <= now) throw new InvalidOperatorFieldError('/expires_at', 'must be in the future', 'OUT_OF_RANGE');
  if (expiresAt.getTime() > now.getTime() + maxDays * DAY_MS)
    throw new InvalidOperatorFieldError('/expires_at', `must be at most ${String(maxDays)} days ahead`, 'OUT_OF_RANGE');
}
