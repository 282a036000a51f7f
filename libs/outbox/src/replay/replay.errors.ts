import { DomainError } from '#zakops/kernel';

/** There is no replay with this id. 404. */
export class ReplayNotFoundError extends DomainError {
  constructor(id: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no replay ${id}.`, context: { replay_id: id } });
  }
}

/** The database knows no consumer with this name that is followed. 404. */
export class ReplayConsumerNotFoundError extends DomainError {
  constructor(consumer: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no active consumer ${consumer}.`, context: { consumer } });
  }
}

/** Another replay to the consumer is not finished. 409. */
export class ReplayRunsError extends DomainError {
  constructor(consumer: string, id: string) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `Replay ${id} to ${consumer} is not finished: wait for it, or cancel it.`,
      context: { consumer, replay_id: id },
    });
  }
}

/** A replay that is finished cannot be cancelled. 409. */
export class ReplayFinishedError extends DomainError {
  constructor(id: string, state: string) {
    super({ code: 'CONFLICT', category: 'conflict', detail: `Replay ${id} is ${state} already.`, context: { replay_id: id, state } });
  }
}

/** Retention has removed events that the dry run counted. 409. */
export class HistoryGoneError extends DomainError {
  constructor(after: number, start: number) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `Events after position ${String(after)} are gone: the log begins after ${String(start)} now. Make another dry run.`,
      context: { after_position: after, log_starts_after: start },
    });
  }
}

/** The row of a replay was changed by another worker or by an operator: what was prepared is not committed. */
export class ReplayMovedError extends Error {
  constructor(id: string) {
    super(`Replay ${id} is not where this worker left it.`);
    this.name = 'ReplayMovedError';
  }
}
