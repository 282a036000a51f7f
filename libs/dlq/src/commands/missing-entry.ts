import type { Transaction } from '#zakops/database';
import type { DomainError } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import { DlqAudit } from '../audit/dlq-audit.js';
import { DeadLetterLeftError, DeadLetterNotFoundError } from '../dead-letter.errors.js';

/** Tells apart the two reasons why a command found no dead letter of an id. */
@Injectable()
export class MissingEntry {
  constructor(private readonly audit: DlqAudit) {}

  /** The error to throw: the entry was redriven, or there is none. */
  async explain(tx: Transaction, entryId: string): Promise<DomainError> {
    const status = await this.audit.statusOfFormerEntry(tx, entryId);
    return status === undefined ? new DeadLetterNotFoundError(entryId) : new DeadLetterLeftError(entryId, status);
  }
}
