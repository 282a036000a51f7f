import type { Transaction } from '#zakops/database';
import type { DomainError } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import { DeadLetterLeftError, DeadLetterNotFoundError } from '../dead-letter.errors.js';
import { DlqOperationStore } from '../persistence/dlq-operation.store.js';

/** Tells apart the two reasons why a command found no dead letter of an id. */
@Injectable()
export class MissingDeadLetter {
  constructor(private readonly operations: DlqOperationStore) {}

  /** The error to throw: the dead letter was redriven, or there is none. */
  async explain(tx: Transaction, id: string): Promise<DomainError> {
    const status = await this.operations.statusOfFormerDeadLetter(tx, id);
    return status === undefined ? new DeadLetterNotFoundError(id) : new DeadLetterLeftError(id, status);
  }
}
