/**
 * Why a client cannot go on where it was: its place is unknown or lies ahead of the log, the missed events are too many or too old, or its
 * place belongs to a log that was replaced.
 */
export const RESET_REASONS = ['unknown_id', 'too_old', 'epoch_changed'] as const;

/** One of {@link RESET_REASONS}. */
export type ResetReason = (typeof RESET_REASONS)[number];
