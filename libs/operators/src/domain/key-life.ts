import { InvalidOperatorFieldError } from './operator.errors.js';

/** The longest overlap of a rotated key and its successor, in seconds: a week. */
export const MAX_OVERLAP_SECONDS = 604_800;

/** The overlap unless given: a day. */
export const DEFAULT_OVERLAP_SECONDS = 86_400;

const DAY_MS = 86_400_000;

/**
 * Checks that a key ends in the future, and within `maxDays`.
 *
 * @throws InvalidOperatorFieldError
 */
export function requireKeyLifetime(expiresAt: Date | null, now: Date, maxDays: number): void {
  if (expiresAt === null) return;
  if (expiresAt <= now) throw new InvalidOperatorFieldError('/expires_at', 'must be in the future', 'OUT_OF_RANGE');
  if (expiresAt.getTime() > now.getTime() + maxDays * DAY_MS)
    throw new InvalidOperatorFieldError('/expires_at', `must be at most ${String(maxDays)} days ahead`, 'OUT_OF_RANGE');
}
