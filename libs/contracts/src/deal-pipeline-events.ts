import { z } from 'zod';
import { dealId } from './deal-id.js';
import { defineEvent } from './define-event.js';

const date = z.iso.date();

/** Events of a deal that is late, or may be. They belong to the deal aggregate. */
export const dealPipelineEvents = {
  'deal.stale': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A deal has been in its stage for longer than the limit. Once for each stay in a stage.',
    data: z.strictObject({
      deal_id: dealId,
      stage: z.string(),
      days_in_stage: z.number().int().min(0),
      limit_days: z.number().int().min(1),
    }),
    example: { deal_id: 'DEAL-000001', stage: 'initial_review', days_in_stage: 31, limit_days: 30 },
  }),
  'deal.snoozed': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'Nobody is reminded of a deal for a while.',
    data: z.strictObject({ deal_id: dealId, until: date, reason: z.string(), snoozed_by: z.string(), previous_until: date.nullable() }),
    example: {
      deal_id: 'DEAL-000001',
      until: '2026-12-24',
      reason: 'the seller is away',
      snoozed_by: 'ann@example.com',
      previous_until: null,
    },
  }),
  'deal.unsnoozed': defineEvent({
    version: 1,
    aggregateType: 'deal',
    description: 'A snooze ended early: by an operator, or because the deal moved.',
    data: z.strictObject({ deal_id: dealId, unsnoozed_by: z.string(), until: date }),
    example: { deal_id: 'DEAL-000001', unsnoozed_by: 'ann@example.com', until: '2026-12-24' },
  }),
};
