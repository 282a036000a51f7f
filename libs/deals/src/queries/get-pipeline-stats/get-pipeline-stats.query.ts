import { Query } from '@nestjs/cqrs';
import type { StageCounts } from '../get-stage-counts/get-stage-counts.query.js';

/** The stats on the front page. */
export interface PipelineStatsView {
  readonly totalActiveDeals: number;
  /** Actions that wait for an approval or for their turn. */
  readonly pendingActions: number;
  readonly quarantinePending: number;
  /** What happened to deals in the last 24 hours. */
  readonly recentEvents24h: number;
  readonly dealsByStage: StageCounts;
}

/** Counts what is going on. */
export class GetPipelineStats extends Query<PipelineStatsView> {}
