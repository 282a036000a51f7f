import { z } from 'zod';
import { dealId } from './deal-id.js';
import { defineEvent } from './define-event.js';

const reason = z.string().nullable();

/** Events of a deal's life beside its stages. They belong to the deal aggregate. */
export const dealLifecycleEvents = {
  'deal.archived': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A deal was put away.',
    data: z.strictObject({ deal_id: dealId, reason, archived_by: z.string(), previous_status: z.string() }),
    example: { deal_id: 'DEAL-000001', reason: 'went quiet', archived_by: 'ann@example.com', previous_status: 'active' },
  }),
  'deal.restored': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'An archived deal came back.',
    data: z.strictObject({ deal_id: dealId, status: z.string(), restored_by: z.string() }),
    example: { deal_id: 'DEAL-000001', status: 'active', restored_by: 'ann@example.com' },
  }),
  'deal.deleted': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A deal was deleted. It can be undeleted.',
    data: z.strictObject({ deal_id: dealId, reason, deleted_by: z.string() }),
    example: { deal_id: 'DEAL-000001', reason: 'opened by mistake', deleted_by: 'ann@example.com' },
  }),
  'deal.undeleted': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A deleted deal came back.',
    data: z.strictObject({ deal_id: dealId, undeleted_by: z.string() }),
    example: { deal_id: 'DEAL-000001', undeleted_by: 'ann@example.com' },
  }),
  'deal.merged': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A deal was merged into another one, which goes on in its place.',
    data: z.strictObject({ deal_id: dealId, merged_into: dealId, reason, merged_by: z.string() }),
    example: { deal_id: 'DEAL-000002', merged_into: 'DEAL-000001', reason: 'same listing', merged_by: 'ann@example.com' },
  }),
  'deal.absorbed': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A deal took over the aliases, identifiers and mail threads of a deal that was merged into it.',
    data: z.strictObject({ deal_id: dealId, absorbed_deal_id: dealId, aliases_added: z.number().int().min(0), merged_by: z.string() }),
    example: { deal_id: 'DEAL-000001', absorbed_deal_id: 'DEAL-000002', aliases_added: 2, merged_by: 'ann@example.com' },
  }),
  'deal.mail_linked': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A mail was tied to a deal.',
    data: z.strictObject({ deal_id: dealId, message_id: z.string(), thread_id: z.string().nullable() }),
    example: { deal_id: 'DEAL-000001', message_id: '<1@example.com>', thread_id: 'thread-1' },
  }),
  'deal.mail_unlinked': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A mail is no longer tied to a deal.',
    data: z.strictObject({ deal_id: dealId, message_id: z.string(), thread_id: z.string().nullable() }),
    example: { deal_id: 'DEAL-000001', message_id: '<1@example.com>', thread_id: 'thread-1' },
  }),
};
