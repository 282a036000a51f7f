import { randomUUID } from 'node:crypto';
import type { Mail } from '../src/domain/mail.js';

/** The folded address of the sender of {@link aMail}. */
export const SENDER = 'bo@example.com';

/** A mail under a message id of its own; a test states only what matters to it. */
export function aMail(mail: Partial<Mail> = {}): Mail {
  return {
    messageId: `<${randomUUID()}@test>`,
    threadId: null,
    subject: 'A listing',
    sender: 'Bo <bo@example.com>',
    senderName: null,
    senderCompany: null,
    isBroker: null,
    receivedAt: null,
    classification: null,
    urgency: null,
    confidence: null,
    companyName: 'Acme',
    brokerName: null,
    body: null,
    links: [],
    attachments: [],
    clues: { listingIds: [], brokerReferences: [], sector: null, city: null, state: null },
    ...mail,
  };
}
