import { DomainError } from '#zakops/kernel';
import { UNDO_MINUTES } from './dlq-task.js';

/** No task has this id. 404. */
export class TaskNotFoundError extends DomainError {
  constructor(id: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no task ${id}.`, context: { task_id: id } });
  }
}

/** A task of the same filter is running. 409. */
export class TaskRunningError extends DomainError {
  constructor(taskId: string) {
    super({
      code: 'TASK_RUNNING',
      category: 'conflict',
      detail: `Task ${taskId} of the same filter is running: wait for its end, or cancel it.`,
      context: { task_id: taskId },
    });
  }
}

/** More dead letters fit than the preview said, and more than the caller allowed. 409. */
export class DeadLettersGrewError extends DomainError {
  constructor(previewed: number, count: number, maxGrowth: number) {
    super({
      code: 'DEAD_LETTERS_GREW',
      category: 'conflict',
      detail: `${String(count)} dead letters fit now, ${String(previewed)} did in the preview; ${String(maxGrowth)} more are allowed. Preview again.`,
      context: { previewed, count, max_growth: maxGrowth },
    });
  }
}

/** The preview is too old. 409. */
export class PreviewExpiredError extends DomainError {
  constructor() {
    super({ code: 'DEAD_LETTERS_GREW', category: 'conflict', detail: 'The preview has expired. Preview again.' });
  }
}

/** The task ended too long ago, or was undone. 409. */
export class UndoTooLateError extends DomainError {
  constructor(id: string, state: string) {
    super({
      code: 'UNDO_TOO_LATE',
      category: 'conflict',
      detail:
        state === 'undone' || state === 'undoing'
          ? `Task ${id} was undone before.`
          : `Task ${id} ended more than ${String(UNDO_MINUTES)} minutes ago.`,
      context: { task_id: id, state },
    });
  }
}

/** The task has ended, so that it cannot be changed. 409. */
export class TaskEndedError extends DomainError {
  constructor(id: string, state: string) {
    super({ code: 'CONFLICT', category: 'conflict', detail: `Task ${id} is ${state}.`, context: { task_id: id, state } });
  }
}
