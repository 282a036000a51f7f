import { Database, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { DealNotFoundError } from '../domain/deal.errors.js';
import type { ActivitySummaryView } from '../views/activity-summary.js';

// The newest of each source by its index; events by their number, which grows with time.
const SUMMARY = prepared(`
  SELECT d.deal_id AS "dealId", coalesce(d.display_name, d.canonical_name) AS "dealName", d.stage, d.status,
    (SELECT coalesce(jsonb_object_agg(status, n), '{}') FROM (
       SELECT a.status, count(*)::int AS n FROM zakops.actions a WHERE a.deal_id = d.deal_id GROUP BY a.status) AS counted) AS actions,
    (SELECT count(*)::int FROM zakops.deal_activity e WHERE e.deal_id = d.deal_id) AS "eventsCount",
    0 AS "agentRunsCount",
    greatest(
      (SELECT e.created_at FROM zakops.deal_activity e WHERE e.deal_id = d.deal_id ORDER BY e.seq DESC LIMIT 1),
      (SELECT h.created_at FROM zakops.deal_stage_history h WHERE h.deal_id = d.deal_id ORDER BY h.created_at DESC, h.id DESC LIMIT 1),
      (SELECT n.created_at FROM zakops.deal_notes n
        WHERE n.deal_id = d.deal_id AND n.deleted_at IS NULL ORDER BY n.created_at DESC, n.id DESC LIMIT 1),
      (SELECT a.created_at FROM zakops.actions a WHERE a.deal_id = d.deal_id ORDER BY a.created_at DESC, a.action_id DESC LIMIT 1)
    ) AS "lastActivityAt"
  FROM zakops.deals d WHERE d.deal_id = $1 AND NOT d.deleted`);

/** Counts what happened to a deal. */
@Injectable()
export class ActivitySummaryReader {
  constructor(private readonly database: Database) {}

  /** @throws DealNotFoundError */
  async get(dealId: string): Promise<ActivitySummaryView> {
    const [row] = await this.database.query<ActivitySummaryView>(SUMMARY, [dealId]);
    if (row === undefined) throw new DealNotFoundError(dealId);
    return row;
  }
}
