import { z } from 'zod';
import { dealId } from './deal-id.js';
import { defineEvent } from './define-event.js';

const permission = 'quarantine:read';
const aggregateType = 'quarantine';
const id = z.uuid();
const by = z.string();
const reason = z.string().nullable();
const EXAMPLE_ID = '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d';

/** Events of mail in quarantine. */
export const quarantineEvents = {
  'quarantine.created': defineEvent({
    version: 1,
    aggregateType,
    permission,
    description: 'A mail came in and waits for a decision.',
    sensitive: ['subject', 'sender'],
    data: z.strictObject({
      quarantine_id: id,
      message_id: z.string(),
      subject: z.string().nullable(),
      sender: z.string().nullable(),
      classification: z.string().nullable(),
      urgency: z.string().nullable(),
      confidence: z.number().nullable(),
    }),
    example: {
      quarantine_id: EXAMPLE_ID,
      message_id: '<1@example.com>',
      subject: 'Listing BBS-99120',
      sender: 'bo@example.com',
      classification: 'DEAL_SIGNAL',
      urgency: 'HIGH',
      confidence: 0.9,
    },
  }),
  'quarantine.approved': defineEvent({
    version: 1,
    aggregateType,
    permission,
    description: 'A mail was approved: it made a deal, or was linked to one.',
    sensitive: ['sender'],
    data: z.strictObject({
      quarantine_id: id,
      deal_id: dealId,
      deal_created: z.boolean(),
      by_proposal: z.boolean().describe('True when the deal was the default proposal, and not named by the operator.'),
      approved_by: by,
      sender: z.string().nullable(),
    }),
    example: {
      quarantine_id: EXAMPLE_ID,
      deal_id: 'DEAL-000001',
      deal_created: true,
      by_proposal: false,
      approved_by: 'ann@example.com',
      sender: 'bo@example.com',
    },
  }),
  'quarantine.rejected': defineEvent({
    version: 1,
    aggregateType,
    permission,
    description: 'A mail was rejected.',
    data: z.strictObject({ quarantine_id: id, reason, rejected_by: by }),
    example: { quarantine_id: EXAMPLE_ID, reason: 'a newsletter', rejected_by: 'ann@example.com' },
  }),
  'quarantine.discarded': defineEvent({
    version: 1,
    aggregateType,
    permission,
    description: 'A mail was put aside without a judgement.',
    data: z.strictObject({ quarantine_id: id, reason, discarded_by: by }),
    example: { quarantine_id: EXAMPLE_ID, reason: null, discarded_by: 'ann@example.com' },
  }),
  'quarantine.restored': defineEvent({
    version: 1,
    aggregateType,
    permission,
    description: 'A rejected, discarded, expired or hidden mail waits for a decision again.',
    data: z.strictObject({ quarantine_id: id, previous_status: z.string(), restored_by: by }),
    example: { quarantine_id: EXAMPLE_ID, previous_status: 'rejected', restored_by: 'ann@example.com' },
  }),
  'quarantine.undone': defineEvent({
    version: 1,
    aggregateType,
    permission,
    description: 'An approval was taken back, and what it did to the deal with it.',
    data: z.strictObject({ quarantine_id: id, deal_id: dealId, undone_by: by }),
    example: { quarantine_id: EXAMPLE_ID, deal_id: 'DEAL-000001', undone_by: 'ann@example.com' },
  }),
  'quarantine.hidden': defineEvent({
    version: 1,
    aggregateType,
    permission,
    description: 'A mail was hidden from the queue.',
    data: z.strictObject({ quarantine_id: id, hidden_by: by }),
    example: { quarantine_id: EXAMPLE_ID, hidden_by: 'ann@example.com' },
  }),
  'quarantine.note_added': defineEvent({
    version: 1,
    aggregateType,
    permission,
    description: 'Somebody wrote a note on a mail.',
    sensitive: ['excerpt'],
    data: z.strictObject({ quarantine_id: id, note_id: z.uuid(), author: z.string(), excerpt: z.string() }),
    example: { quarantine_id: EXAMPLE_ID, note_id: EXAMPLE_ID, author: 'ann@example.com', excerpt: 'called the broker' },
  }),
  'sender.updated': defineEvent({
    version: 1,
    aggregateType: 'sender',
    permission,
    description: 'An operator changed what is known of a sender.',
    sensitive: ['email'],
    data: z.strictObject({
      email: z.string(),
      changes: z.array(z.strictObject({ field: z.string(), old_value: z.unknown(), new_value: z.unknown() })).min(1),
    }),
    example: { email: 'bo@example.com', changes: [{ field: 'quality_rating', old_value: 'MEDIUM', new_value: 'HIGH' }] },
  }),
};
