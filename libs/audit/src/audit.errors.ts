import { DomainError } from '#zakops/kernel';

/** No audit entry has this id. 404. */
export class AuditEntryNotFoundError extends DomainError {
  constructor(id: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no audit entry ${id}.`, context: { entry_id: id } });
  }
}
