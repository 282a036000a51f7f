import { z } from 'zod';
import { dealId } from './deal-id.js';
import { defineEvent } from './define-event.js';

const contact = z.strictObject({
  name: z.string(),
  role: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  company: z.string().nullable(),
  is_primary: z.boolean(),
  notes: z.string().nullable(),
});
const data = { deal_id: dealId, contact_id: z.uuid(), contact };
const CONTACT = {
  name: 'Olga Owner',
  role: 'owner',
  email: 'olga@example.com',
  phone: null,
  company: 'Acme Plumbing LLC',
  is_primary: true,
  notes: null,
};
const EXAMPLE = { deal_id: 'DEAL-000001', contact_id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d', contact: CONTACT };

/** Members of a contact that on-call operators need not see. */
const sensitive = ['contact.email', 'contact.phone', 'contact.notes'];

/** Events of the contacts of a deal; they belong to the deal. */
export const dealContactEvents = {
  'deal.contact_added': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A person was added to the contacts of the deal.',
    sensitive,
    data: z.strictObject(data),
    example: EXAMPLE,
  }),
  'deal.contact_changed': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A contact was changed, or is not the primary one any more because another one is.',
    sensitive: [...sensitive, 'previous.email', 'previous.phone', 'previous.notes'],
    data: z.strictObject({ ...data, previous: contact }),
    example: { ...EXAMPLE, previous: { ...CONTACT, is_primary: false } },
  }),
  'deal.contact_removed': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A contact was removed from the deal.',
    sensitive,
    data: z.strictObject(data),
    example: EXAMPLE,
  }),
};
