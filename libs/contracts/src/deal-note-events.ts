import { z } from 'zod';
import { dealId } from './deal-id.js';
import { defineEvent } from './define-event.js';

const note = {
  category: z.string(),
  excerpt: z.string(),
  size_bytes: z.number().int().min(0),
};
const EXAMPLE = {
  deal_id: 'DEAL-000001',
  note_id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d',
  author: 'dev@zakops.local',
  category: 'general',
  excerpt: 'The owner wants to retire next year.',
  size_bytes: 36,
};

/** Events of the notes of a deal; they belong to the deal. They carry the beginning of a note, so that none is too large. */
export const dealNoteEvents = {
  'deal.note_added': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A note was written about the deal.',
    sensitive: ['excerpt'],
    data: z.strictObject({ deal_id: dealId, note_id: z.uuid(), author: z.string(), ...note }),
    example: EXAMPLE,
  }),
  'deal.note_changed': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'The content or the category of a note was changed.',
    sensitive: ['excerpt', 'previous.excerpt'],
    data: z.strictObject({ deal_id: dealId, note_id: z.uuid(), author: z.string(), ...note, previous: z.strictObject(note) }),
    example: { ...EXAMPLE, previous: { category: 'general', excerpt: 'The owner may retire.', size_bytes: 21 } },
  }),
  'deal.note_removed': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A note was removed.',
    sensitive: ['excerpt'],
    data: z.strictObject({ deal_id: dealId, note_id: z.uuid(), author: z.string(), ...note }),
    example: EXAMPLE,
  }),
};
