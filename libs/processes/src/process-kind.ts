/** The long-running programs, which send heartbeats. */
export const PROCESS_KINDS = ['api', 'outbox-worker'] as const;

export type ProcessKind = (typeof PROCESS_KINDS)[number];
