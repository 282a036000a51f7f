import type { DeadLetterFilter } from '#zakops/outbox';

/** What a task does to dead letters. */
export const TASK_KINDS = ['redrive', 'discard'] as const;

/** One of {@link TASK_KINDS}. */
export type TaskKind = (typeof TASK_KINDS)[number];

/** The states of a task. `stopped`: automatically, because what it redrove failed as before. */
export const TASK_STATES = ['running', 'finished', 'cancelled', 'stopped', 'undoing', 'undone'] as const;

/** One of {@link TASK_STATES}. */
export type TaskState = (typeof TASK_STATES)[number];

/** Dead letters that a task redrives in a second, unless it is told another number. */
export const DEFAULT_RATE = 50;

/** How long after its end a task can be undone. */
export const UNDO_MINUTES = 10;

/** First outcomes that decide whether a redrive stops. */
export const JUDGED_OUTCOMES = 20;

/** A change of many dead letters that the worker carries out. */
export interface DlqTask {
  readonly id: string;
  readonly kind: TaskKind;
  readonly state: TaskState;
  /** Why it was stopped, or what it left; null for nothing special. */
  readonly stateReason: string | null;
  readonly filter: DeadLetterFilter;
  /** Dead letters to change at most; null for all that fit. */
  readonly limit: number | null;
  /** Dead letters a second; 0 for as fast as possible. */
  readonly rate: number;
  readonly actorType: 'user' | 'api_key' | 'system';
  readonly actorId: string;
  readonly reason: string | null;
  /** How many fitted at the beginning. */
  readonly total: number;
  /** Dead letters that were redriven or discarded. */
  readonly done: number;
  /** What became of redriven ones; those without an outcome wait, or are retried. */
  readonly delivered: number;
  readonly deadAgain: number;
  readonly discarded: number;
  /** Dead letters that an undo brought back. */
  readonly undone: number;
  /** First outcomes that were judged, 20 at most, and how many of them failed with the same fingerprint as before. */
  readonly judged: number;
  readonly cameBack: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Until when an ended task can be undone; null for one that has not ended, and for one that was undone. */
  readonly undoUntil: Date | null;
}

/** The order of the list, newest first. */
export interface TaskKey {
  /** ISO 8601 with microseconds. */
  readonly createdAt: string;
  readonly id: string;
}

/** A part of the list. */
export interface TaskPage {
  readonly tasks: readonly DlqTask[];
  readonly next: TaskKey | null;
}

/** What a task would change. */
export interface TaskPreview {
  readonly count: number;
  readonly types: Readonly<Record<string, number>>;
  readonly consumers: Readonly<Record<string, number>>;
  readonly ages: {
    readonly oldestFailedAt: Date | null;
    readonly newestFailedAt: Date | null;
    readonly lastHour: number;
    readonly lastDay: number;
    readonly older: number;
  };
  readonly sample: readonly SampledDeadLetter[];
  /** When the preview stops to count. */
  readonly expiresAt: Date;
}

/** One of the dead letters of a preview. */
export interface SampledDeadLetter {
  readonly id: string;
  readonly eventType: string;
  readonly consumer: string;
  readonly aggregateId: string;
  readonly reasonCode: string | null;
  readonly lastError: string | null;
  readonly failedAt: Date;
}
