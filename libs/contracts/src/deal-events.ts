import { z } from 'zod';
import { dealId } from './deal-id.js';
import { DEAL_STAGES } from './deal-stage.js';
import { defineEvent } from './define-event.js';

const stage = z.enum(DEAL_STAGES);
// A deal that was migrated with an unknown stage keeps it until it is repaired.
const storedStage = z.string().min(1).max(50);

/** Events of the deal aggregate. */
export const dealEvents = {
  'deal.created': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A deal was opened.',
    data: z.strictObject({
      deal_id: dealId,
      canonical_name: z.string(),
      display_name: z.string().nullable(),
      stage,
      status: z.string(),
      source: z.string(),
    }),
    example: {
      deal_id: 'DEAL-000001',
      canonical_name: 'acme-plumbing',
      display_name: 'Acme Plumbing',
      stage: 'inbound',
      status: 'active',
      source: 'api',
    },
  }),
  'deal.updated': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'Fields of a deal changed; the stage is not among them.',
    sensitive: ['changes.*.old_value.email', 'changes.*.old_value.phone', 'changes.*.new_value.email', 'changes.*.new_value.phone'],
    data: z.strictObject({
      deal_id: dealId,
      changes: z.array(z.strictObject({ field: z.string(), old_value: z.unknown(), new_value: z.unknown() })).min(1),
    }),
    example: {
      deal_id: 'DEAL-000001',
      changes: [{ field: 'display_name', old_value: null, new_value: 'Acme Plumbing' }],
    },
  }),
  'deal.stage_changed': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A deal moved to another stage.',
    data: z.strictObject({
      deal_id: dealId,
      from_stage: storedStage,
      to_stage: stage,
      transitioned_by: z.string(),
      reason: z.string().nullable(),
      outcome_reason: z.string().optional().describe('Why it was won or lost, when that was given.'),
      outcome_note: z.string().optional(),
    }),
    example: {
      deal_id: 'DEAL-000001',
      from_stage: 'inbound',
      to_stage: 'initial_review',
      transitioned_by: 'dev@zakops.local',
      reason: 'teaser fits the thesis',
    },
  }),
  'deal.alias_added': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'Another name by which mail about the deal is recognised was added.',
    data: z.strictObject({
      deal_id: dealId,
      alias_id: z.uuid(),
      alias: z.string(),
      alias_type: z.string(),
      confidence: z.number().min(0).max(1),
    }),
    example: {
      deal_id: 'DEAL-000001',
      alias_id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d',
      alias: 'BBS-99120',
      alias_type: 'listing_id',
      confidence: 1,
    },
  }),
  'deal.alias_removed': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'An alias was taken away from the deal.',
    data: z.strictObject({ deal_id: dealId, alias_id: z.uuid(), alias: z.string(), alias_type: z.string() }),
    example: {
      deal_id: 'DEAL-000001',
      alias_id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d',
      alias: 'BBS-99120',
      alias_type: 'listing_id',
    },
  }),
};
