/** The programs that run for long and tell of themselves. */
export const PROCESS_KINDS = ['api', 'outbox-worker'] as const;

export type ProcessKind = (typeof PROCESS_KINDS)[number];
