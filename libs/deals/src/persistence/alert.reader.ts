import { Database, exactInstant, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { AlertPlace, Alerts, AlertView } from '../views/alert.js';

// Twice the limit, or a week late, presses.
const ALL = `
  SELECT 'stuck_deal' AS type, CASE WHEN d.stage_entered_at < now() - 2 * l.days * interval '1 day' THEN 'high' ELSE 'warning' END AS severity,
         d.deal_id AS "subjectId", d.deal_id AS "dealId", coalesce(d.display_name, d.canonical_name) AS title,
         d.stage_entered_at + l.days * interval '1 day' AS since, floor(extract(epoch FROM now() - d.stage_entered_at) / 86400)::int AS days, 1 AS count,
         d.snoozed_until >= (now() AT TIME ZONE 'UTC')::date AS snoozed
    FROM zakops.deals d JOIN zakops.stage_limits l ON l.stage = d.stage
   WHERE NOT d.deleted AND d.status = 'active' AND d.stage_entered_at < now() - l.days * interval '1 day'
  UNION ALL
  SELECT 'overdue_next_step', CASE WHEN d.next_step_at < (now() AT TIME ZONE 'UTC')::date - 7 THEN 'high' ELSE 'warning' END, d.deal_id, d.deal_id,
         coalesce(d.next_step, d.display_name, d.canonical_name), (d.next_step_at + 1)::timestamp AT TIME ZONE 'UTC',
         ((now() AT TIME ZONE 'UTC')::date - d.next_step_at)::int, 1, d.snoozed_until >= (now() AT TIME ZONE 'UTC')::date
    FROM zakops.deals d WHERE NOT d.deleted AND d.status = 'active' AND d.next_step_at < (now() AT TIME ZONE 'UTC')::date
  UNION ALL
  SELECT 'overdue_actions', 'warning', a.action_id, a.deal_id, a.title, a.scheduled_for,
         floor(extract(epoch FROM now() - a.scheduled_for) / 86400)::int, 1, d.snoozed_until >= (now() AT TIME ZONE 'UTC')::date
    FROM zakops.actions a LEFT JOIN zakops.deals d USING (deal_id)
   WHERE a.scheduled_for < now() AND a.status IN ('PENDING_APPROVAL', 'READY', 'QUEUED')
     AND (d.deal_id IS NULL OR (NOT d.deleted AND d.status <> 'merged'))
  UNION ALL
  SELECT 'pending_quarantine', CASE WHEN count(*) >= 10 THEN 'high' ELSE 'warning' END, '', NULL, 'Mail waits for a decision.', min(q.created_at),
         floor(extract(epoch FROM now() - min(q.created_at)) / 86400)::int, count(*)::int, NULL
    FROM zakops.quarantine_items q WHERE q.status = 'pending' AND NOT q.hidden AND q.duplicate_of IS NULL HAVING count(*) > 0`;

const LIST = prepared(`
  WITH every_alert AS (${ALL}), fitting AS (
    SELECT *, ${exactInstant('since')} AS at FROM every_alert
     WHERE ($1::text IS NULL OR type = $1) AND ($2::text IS NULL OR severity = $2)
  )
  SELECT (SELECT count(*)::int FROM fitting WHERE snoozed IS NOT TRUE) AS total, (SELECT count(*)::int FROM fitting WHERE snoozed) AS snoozed,
         coalesce((SELECT jsonb_agg(to_jsonb(page) - 'snoozed') FROM (
           SELECT * FROM fitting
            WHERE snoozed IS NOT TRUE
              AND ($4::text IS NULL OR (severity, since, type, "subjectId") > ($4, $5::timestamptz, $6::text, $7::text))
            ORDER BY severity, since, type, "subjectId" LIMIT $3) AS page), '[]') AS alerts`);

type FoundAlert = Omit<AlertView, 'since'> & { readonly since: string; readonly at: string };

/** Reads what somebody should look at. */
@Injectable()
export class AlertReader {
  constructor(private readonly database: Database) {}

  /** Those that press first, then the oldest. */
  async list(type: string | undefined, severity: string | undefined, limit: number, after: AlertPlace | undefined): Promise<Alerts> {
    const [row] = await this.database.query<{ total: number; snoozed: number; alerts: readonly FoundAlert[] }>(LIST, [
      type ?? null,
      severity ?? null,
      limit + 1,
      after?.severity ?? null,
      after?.since ?? null,
      after?.type ?? null,
      after?.subject ?? null,
    ]);
    if (row === undefined) throw new Error('A statement without FROM gave no row.');
    const { total, snoozed, alerts } = row;
    const shown = alerts.slice(0, limit);
    const last = alerts.length > limit ? shown.at(-1) : undefined;
    return {
      total,
      snoozed,
      alerts: shown.map((alert) => ({ ...alert, since: new Date(alert.since) })),
      next: last === undefined ? null : { severity: last.severity, since: last.at, type: last.type, subject: last.subjectId },
    };
  }
}
