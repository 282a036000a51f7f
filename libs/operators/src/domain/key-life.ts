import { InvalidOperatorFieldError } from './operator.errors.js';

/** The longest time for which a key and the one that replaces it may both count, in seconds: a week. */
export const MAX_OVERLAP_SECONDS = 604_800;

/** How long both count when nothing is said: a day. */
export const DEFAULT_OVERLAP_SECONDS = 86_400;

/**
 * Refuses a key that would have ended before it began.
 *
 * @throws InvalidOperatorFieldError
 */
export function requireFuture(expiresAt: Date | null, now: Date): void {
  if (expiresAt !== null && expiresAt <= now) throw new InvalidOperatorFieldError('/expires_at', 'must be in the future', 'OUT_OF_RANGE');
}
