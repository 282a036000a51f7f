import { IntegerField, MapField, NumberField, StringField } from '#zakops/http';
import type { PipelineStatsView, StageSummaryView } from '../../views/pipeline.js';

/** One stage that active deals are in. */
export class PipelineStageItem {
  @StringField({ example: 'due_diligence' })
  stage!: string;

  @IntegerField({ min: 1 })
  count!: number;

  @NumberField({ min: 0, description: 'Days since the deals entered the stage, on average.', example: 4.25 })
  avg_days_in_stage!: number;
}

/** The stats on the front page. */
export class PipelineStatsResponse {
  @IntegerField({ min: 0 })
  total_active_deals!: number;

  @IntegerField({ min: 0, description: 'Actions that wait for an approval or for their turn.' })
  pending_actions!: number;

  @IntegerField({ min: 0 })
  quarantine_pending!: number;

  @IntegerField({ min: 0, description: 'What happened to deals in the last 24 hours.' })
  recent_events_24h!: number;

  @MapField('integer', { example: { inbound: 12, initial_review: 3 } })
  deals_by_stage!: Record<string, number>;
}

/** From the view to the wire. */
export function toPipelineStageItem(summary: StageSummaryView): PipelineStageItem {
  return { stage: summary.stage, count: summary.count, avg_days_in_stage: summary.avgDaysInStage };
}

/** From the view to the wire. */
export function toPipelineStatsResponse(stats: PipelineStatsView): PipelineStatsResponse {
  return {
    total_active_deals: stats.totalActiveDeals,
    pending_actions: stats.pendingActions,
    quarantine_pending: stats.quarantinePending,
    recent_events_24h: stats.recentEvents24h,
    deals_by_stage: { ...stats.dealsByStage },
  };
}
