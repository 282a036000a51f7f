/** How many deals are in each stage: all nine, zeros too, and after them stages of adopted data that are none of the nine. */
export type StageCounts = Readonly<Record<string, number>>;

/** One stage that active deals are in. */
export interface StageSummaryView {
  readonly stage: string;
  readonly count: number;
  /** Days since the deals entered the stage, on average, to two decimals. */
  readonly avgDaysInStage: number;
}

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
