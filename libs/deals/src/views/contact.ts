import type { ContactState } from '../domain/deal-contact.js';

/** A contact as answers show it. */
export interface RecordedContact extends ContactState {
  readonly dealId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The sort key of a contact. */
export interface ContactKey {
  readonly id: string;
}
