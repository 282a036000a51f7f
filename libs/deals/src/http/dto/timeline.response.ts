import { TIMELINE_TYPES } from '#zakops/timeline';
import type { TimelineEntry } from '#zakops/timeline';
import { ArrayField, DateTimeField, EnumField, IntegerField, JsonObjectField, MapField, PageQuery, StringField } from '#zakops/http';
import type { TimelineType } from '#zakops/timeline';
import type { TimelineView } from '../../queries/get-timeline/get-timeline.query.js';
import type { ActivitySummaryView } from '../../views/activity-summary.js';

/** One entry of a timeline. */
export class TimelineItem {
  @EnumField(TIMELINE_TYPES, 'TimelineType')
  type!: TimelineType;

  @DateTimeField({ description: 'With microseconds, so that it is exact as `before`.', example: '2026-01-31T12:00:00.000000Z' })
  timestamp!: string;

  @JsonObjectField({
    description:
      '`stage_change`: `from_stage`, `to_stage`, `by`, `reason`. `action`: `action_id`, `action_type`, `title`, `status`. ' +
      '`agent_run`: `run_id`, `task`, `status`, `duration_ms`. `event`: `event_id`, `event_type`, `source`, `actor`, `details`. ' +
      '`note`: `note_id`, `category`, `author`, `excerpt`, `size_bytes`.',
    example: { from_stage: 'inbound', to_stage: 'initial_review', by: 'dev@zakops.local', reason: null },
  })
  data!: object;
}

/** A page of what happened to a deal. */
export class TimelineResponse {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @ArrayField(() => TimelineItem)
  activities!: TimelineItem[];

  @IntegerField({ min: 0, description: 'The number of entries in this answer.' })
  count!: number;

  @IntegerField({ min: 0, description: 'The number of entries of all pages; `before` does not narrow it.' })
  total_available!: number;
}

/** Type, place and paging of a timeline. */
export class TimelineParams extends PageQuery {
  @EnumField(TIMELINE_TYPES, 'TimelineType', { optional: true, description: 'Only entries of this type.' })
  activity_type?: TimelineType;

  @DateTimeField({ optional: true, description: 'Only entries before this instant. Ignored when there is a `cursor`.' })
  before?: string;
}

/** How much happened to a deal. */
export class ActivitySummaryResponse {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ example: 'Acme Plumbing', description: 'The display name, or else the canonical name.' })
  deal_name!: string;

  @StringField({ example: 'inbound' })
  stage!: string;

  @StringField({ example: 'active' })
  status!: string;

  @MapField('integer', { description: 'Actions by their status; only statuses that occur.', example: { PENDING_APPROVAL: 2 } })
  actions!: Record<string, number>;

  @IntegerField({ min: 0 })
  events_count!: number;

  @IntegerField({ min: 0, description: 'Always 0 until agents run.' })
  agent_runs_count!: number;

  @DateTimeField({ nullable: true, description: 'When the last event, move, note or action was.' })
  last_activity!: string | null;
}

/** From the view to the wire. */
export function toTimelineResponse(dealId: string, { entries, totalAvailable }: TimelineView): TimelineResponse {
  return { deal_id: dealId, activities: entries.map(toItem), count: entries.length, total_available: totalAvailable };
}

/** From the view to the wire. */
export function toActivitySummaryResponse(view: ActivitySummaryView): ActivitySummaryResponse {
  return {
    deal_id: view.dealId,
    deal_name: view.dealName,
    stage: view.stage,
    status: view.status,
    actions: { ...view.actions },
    events_count: view.eventsCount,
    agent_runs_count: view.agentRunsCount,
    last_activity: view.lastActivityAt?.toISOString() ?? null,
  };
}

function toItem({ type, timestamp, data }: TimelineEntry): TimelineItem {
  return { type, timestamp, data };
}
