/** The states of a replay, as the column `state` of `zakops.replays` holds them. */
export const REPLAY_STATES = ['queued', 'running', 'done', 'cancelled', 'failed'] as const;

/** One of {@link REPLAY_STATES}. */
export type ReplayState = (typeof REPLAY_STATES)[number];

/** Events a second; a replay must not starve live deliveries, and one that is too slow never ends. */
export const REPLAY_RATE = { min: 1, max: 100_000, default: 1_000 } as const;

/** A replay that is not finished, in the hands of the active worker. */
export interface OpenReplay {
  readonly id: string;
  readonly consumer: string;
  /** Everything up to here was replayed. */
  readonly position: number;
  /** The last position; null for a replay that ends where it meets the cursor. */
  readonly until: number | null;
  readonly rate: number;
  /** Failed attempts of the event after the position. */
  readonly failures: number;
  /** Seconds until the next attempt; 0 when it is due. */
  readonly dueInSeconds: number;
}

/** A replay as operators see it. */
export interface ReplayView {
  readonly id: string;
  readonly consumer: string;
  readonly state: ReplayState;
  readonly afterPosition: number;
  readonly untilPosition: number | null;
  readonly position: number;
  /** Positions that are left: up to the last one, or to the cursor of the consumer. */
  readonly left: number;
  readonly rate: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly failures: number;
  readonly reasonCode: string | null;
  readonly lastError: string | null;
  readonly failedEventId: string | null;
  readonly reason: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** Where history begins and ends: by positions or by times of publication. */
export interface ReplayRange {
  /** The first position; 1 for all. */
  readonly from?: number | undefined;
  /** The last position. */
  readonly to?: number | undefined;
  /** Events that were published at this instant or later. */
  readonly since?: string | undefined;
  /** Events that were published before this instant. */
  readonly before?: string | undefined;
}

/** What a replay would deliver. */
export interface ReplayPreview {
  readonly consumer: string;
  readonly afterPosition: number;
  /** Null for a replay that goes on until it meets the cursor. */
  readonly untilPosition: number | null;
  /** Where the cursor stands, the end of what is counted. */
  readonly cursor: number;
  /** Events that the consumer wants, among the first {@link PREVIEW_POSITIONS} positions. */
  readonly count: number;
  readonly types: Readonly<Record<string, number>>;
  readonly first: number | null;
  readonly last: number | null;
  /** False when there are more positions than were counted. */
  readonly isComplete: boolean;
}

/** Positions that a preview counts at most. */
export const PREVIEW_POSITIONS = 500_000;
