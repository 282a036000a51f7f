import type { DeadLetterFilter } from '#zakops/outbox';
import { Command } from '@nestjs/cqrs';
import type { DlqTask, TaskKind } from '../../tasks/dlq-task.js';

/** What a dry run found, as its token says it. */
export interface Previewed {
  readonly count: number;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** How many more dead letters may fit by now. */
  readonly maxGrowth: number;
}

/** How a task goes. */
export interface TaskOptions {
  /** Dead letters to change at most; null for all that fit. */
  readonly limit: number | null;
  /** Dead letters a second; 0 for as fast as possible. */
  readonly rate: number;
  readonly reason: string | undefined;
  readonly previewed: Previewed | undefined;
  /** Whether the caller may discard more than 100 at once. */
  readonly mayPurge: boolean;
}

/**
 * Starts a redrive or a discard of many dead letters, which the worker carries out. Fails with TaskRunningError, DeadLettersGrewError,
 * PreviewExpiredError or PermissionDeniedError.
 */
export class StartTask extends Command<DlqTask> {
  constructor(
    readonly kind: TaskKind,
    readonly filter: DeadLetterFilter,
    readonly options: TaskOptions,
  ) {
    super();
  }
}
