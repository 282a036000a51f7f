import { DomainError } from '#zakops/kernel';

/** No consumer has this name. 404. */
export class ConsumerNotFoundError extends DomainError {
  constructor(name: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no consumer ${name}.`, context: { consumer: name } });
  }
}

/** The active worker runs the consumer, or has not said yet what it runs. 409. */
export class ConsumerRunsError extends DomainError {
  /** @param hasSaid - whether the worker said that it runs the consumer */
  constructor(name: string, worker: string | null, hasSaid: boolean) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: hasSaid
        ? `The active worker runs consumer ${name}: deploy a version without it first.`
        : `The active worker has just begun and has not said yet whether it runs consumer ${name}: try again in a few seconds.`,
      context: { consumer: name, worker },
    });
  }
}
