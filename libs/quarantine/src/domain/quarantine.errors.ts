import { DomainError } from '#zakops/kernel';

/** There is no such item. */
export class ItemNotFoundError extends DomainError {
  constructor(id: string) {
    super({
      code: 'QUARANTINE_ITEM_NOT_FOUND',
      category: 'not_found',
      detail: `There is no quarantine item ${id}.`,
      context: { item_id: id },
    });
  }
}

/** Somebody has decided already. `context` says what, who and when. */
export class ItemDecidedError extends DomainError {
  constructor(id: string, status: string, decidedBy: string | null, decidedAt: Date | null) {
    super({
      code: 'QUARANTINE_ITEM_DECIDED',
      category: 'conflict',
      detail: `Quarantine item ${id} is ${status} already${decidedBy === null ? '' : `, by ${decidedBy}`}.`,
      context: { item_id: id, status, decided_by: decidedBy, decided_at: decidedAt?.toISOString() ?? null },
    });
  }
}

/** Only an approval can be undone. */
export class ItemNotApprovedError extends DomainError {
  constructor(id: string, status: string) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `Quarantine item ${id} is ${status}; only an approval can be undone.`,
      context: { item_id: id, status },
    });
  }
}

/** The item waits for a decision already, or its approval has to be undone. */
export class ItemNotRestorableError extends DomainError {
  constructor(id: string, status: string) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `Quarantine item ${id} is ${status} and cannot be restored${status === 'approved' ? '; undo its approval' : ''}.`,
      context: { item_id: id, status },
    });
  }
}

/** The item is not in the state that the caller has read. */
export class ItemPreconditionError extends DomainError {
  constructor(id: string, currentVersion: number) {
    super({
      code: 'PRECONDITION_FAILED',
      category: 'precondition_failed',
      detail: `Quarantine item ${id} has changed since it was read; read it again.`,
      context: { item_id: id, current_version: currentVersion },
    });
  }
}

/** A message id stands for one mail; another one was sent under it. */
export class MailDiffersError extends DomainError {
  constructor(id: string, messageId: string) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `Another mail was received as ${messageId}: quarantine item ${id}.`,
      context: { item_id: id, message_id: messageId },
      fields: [{ pointer: '/message_id', detail: 'stands for another mail', code: 'DIFFERENT_MAIL' }],
    });
  }
}
