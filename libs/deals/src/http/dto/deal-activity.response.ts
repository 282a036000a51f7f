import { BooleanField, DateTimeField, JsonObjectField, StringField, UuidField } from '#zakops/http';
import type { ActivityView } from '../../views/activity.js';

/** One thing that happened to a deal. */
export class DealActivityItem {
  @UuidField({ description: 'The id of the event.' })
  id!: string;

  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ example: 'deal.stage_changed' })
  event_type!: string;

  @StringField({ example: 'workflow' })
  source!: string;

  @StringField({ example: 'dev@zakops.local' })
  actor!: string;

  @JsonObjectField({ example: { from_stage: 'inbound', to_stage: 'initial_review' } })
  details!: object;

  @DateTimeField()
  created_at!: string;

  @BooleanField({ description: 'True when the event before this one could not be delivered and is missing here.' })
  after_gap!: boolean;
}

/** From the view to the wire. */
export function toDealActivityItem(activity: ActivityView): DealActivityItem {
  return {
    id: activity.id,
    deal_id: activity.dealId,
    event_type: activity.eventType,
    source: activity.source,
    actor: activity.actor,
    details: activity.details,
    created_at: activity.createdAt.toISOString(),
    after_gap: activity.afterGap,
  };
}
