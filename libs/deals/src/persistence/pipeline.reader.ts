import { DEAL_STAGES } from '#zakops/contracts';
import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { PipelineStatsView, StageCounts, StageSummaryView } from '../views/pipeline.js';

const BY_STAGE = `
  SELECT stage, count(*)::int AS count,
         round(avg(greatest(0, extract(epoch FROM now() - stage_entered_at))) / 86400, 2)::float8 AS "avgDaysInStage"
    FROM zakops.deals
   WHERE NOT deleted AND status = 'active'
   GROUP BY stage
   ORDER BY array_position($1::text[], stage) NULLS LAST, stage`;

/** Reads the stats of the pipeline. Only active deals count. */
@Injectable()
export class PipelineReader {
  constructor(private readonly database: Database) {}

  async stageCounts(): Promise<StageCounts> {
    return toCounts(await this.summary());
  }

  async summary(): Promise<readonly StageSummaryView[]> {
    return this.database.query<StageSummaryView>(BY_STAGE, [DEAL_STAGES]);
  }

  async stats(): Promise<PipelineStatsView> {
    // One statement is one snapshot: the total and its parts agree.
    const [row] = await this.database.query<{ stages: StageSummaryView[]; actions: number; quarantine: number; events: number }>(
      `SELECT (SELECT coalesce(jsonb_agg(s), '[]') FROM (${BY_STAGE}) AS s) AS stages,
              (SELECT count(*)::int FROM zakops.actions WHERE status IN ('PENDING_APPROVAL', 'QUEUED')) AS actions,
              (SELECT count(*)::int FROM zakops.quarantine_items WHERE status = 'pending') AS quarantine,
              (SELECT count(*)::int FROM zakops.deal_activity WHERE created_at > now() - interval '24 hours') AS events`,
      [DEAL_STAGES],
    );
    if (row === undefined) throw new Error('A statement without FROM gave no row.');
    return {
      totalActiveDeals: row.stages.reduce((sum, stage) => sum + stage.count, 0),
      pendingActions: row.actions,
      quarantinePending: row.quarantine,
      recentEvents24h: row.events,
      dealsByStage: toCounts(row.stages),
    };
  }
}

function toCounts(summary: readonly StageSummaryView[]): StageCounts {
  return {
    ...Object.fromEntries(DEAL_STAGES.map((stage) => [stage, 0])),
    ...Object.fromEntries(summary.map(({ stage, count }) => [stage, count])),
  };
}
