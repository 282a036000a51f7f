import { DomainError } from '#zakops/kernel';

/** The deal has no such note, or it was removed. */
export class NoteNotFoundError extends DomainError {
  constructor(dealId: string, noteId: string) {
    super({
      code: 'NOT_FOUND',
      category: 'not_found',
      detail: `Deal ${dealId} has no note ${noteId}.`,
      context: { deal_id: dealId, note_id: noteId },
    });
  }
}

/** Only its author and administrators may change a note. */
export class NoteNotYoursError extends DomainError {
  constructor(dealId: string, noteId: string) {
    super({
      code: 'FORBIDDEN',
      category: 'forbidden',
      detail: `Only its author and administrators may change or remove note ${noteId}.`,
      context: { deal_id: dealId, note_id: noteId },
    });
  }
}

/** The note is not in the state that the caller has read. */
export class NotePreconditionError extends DomainError {
  constructor(dealId: string, noteId: string, currentVersion: number) {
    super({
      code: 'PRECONDITION_FAILED',
      category: 'precondition_failed',
      detail: `Note ${noteId} has changed since it was read; read it again.`,
      context: { deal_id: dealId, note_id: noteId, current_version: currentVersion },
    });
  }
}

/** The deal has no such contact. */
export class ContactNotFoundError extends DomainError {
  constructor(dealId: string, contactId: string) {
    super({
      code: 'NOT_FOUND',
      category: 'not_found',
      detail: `Deal ${dealId} has no contact ${contactId}.`,
      context: { deal_id: dealId, contact_id: contactId },
    });
  }
}

/** The contact is not in the state that the caller has read. */
export class ContactPreconditionError extends DomainError {
  constructor(dealId: string, contactId: string, currentVersion: number) {
    super({
      code: 'PRECONDITION_FAILED',
      category: 'precondition_failed',
      detail: `Contact ${contactId} has changed since it was read; read it again.`,
      context: { deal_id: dealId, contact_id: contactId, current_version: currentVersion },
    });
  }
}
