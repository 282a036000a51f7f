import { DomainError } from '#zakops/kernel';

/** A file that cannot be imported at all. `context.reason` says why. */
export class ImportFileError extends DomainError {
  constructor(reason: string, detail: string) {
    super({ code: 'IMPORT_UNREADABLE', category: 'rule_broken', detail, context: { reason } });
  }
}

/** There is no such import. */
export class ImportNotFoundError extends DomainError {
  constructor(importId: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no import ${importId}.`, context: { task_id: importId } });
  }
}
