/**
 * Why a client cannot go on where it was: the place is none of ours or lies in the future, too much or too old was missed, or the place
 * belongs to a log that was replaced.
 */
export const RESET_REASONS = ['unknown_id', 'too_old', 'epoch_changed'] as const;

/** One of {@link RESET_REASONS}. */
export type ResetReason = (typeof RESET_REASONS)[number];
