import { DEAL_STAGES } from '#zakops/contracts';
import { Database, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { DealPace, StageConversion, StageVelocity, VelocityFilter, WinRate } from '../views/velocity.js';

/**
 * SQL: every stay of a deal in a stage, from the history of its moves. Deleted and merged deals are left out: the first are mistakes, the second
 * live on as other deals.
 */
const STAYS = `
  moves AS (
    SELECT h.deal_id, h.from_stage, h.to_stage, h.created_at AS at, lag(h.created_at) OVER (PARTITION BY h.deal_id ORDER BY h.id) AS before
      FROM zakops.deal_stage_history h
  ), counted AS (
    SELECT * FROM zakops.deals WHERE NOT deleted AND status <> 'merged' AND ($3::text IS NULL OR source = $3)
  ), stays AS (
    SELECT d.deal_id, m.from_stage AS stage, coalesce(m.before, d.created_at) AS entered_at, m.at AS left_at, m.to_stage AS next_stage
      FROM moves m JOIN counted d USING (deal_id)
    UNION ALL
    SELECT deal_id, stage, stage_entered_at, NULL, NULL FROM counted
  )`;
const IN_PERIOD = `entered_at >= coalesce($1::timestamptz, '-infinity') AND entered_at < coalesce($2::timestamptz, 'infinity')`;
const PLACE = (column: string): string => `array_position($4::text[], ${column})`;

const CONVERSION = prepared(`
  WITH ${STAYS}
  SELECT stage, count(*)::int AS entered,
         count(*) FILTER (WHERE next_stage = 'closed_won' OR (next_stage NOT IN ('closed_lost', 'archived') AND ${PLACE('next_stage')} > ${PLACE('stage')}))::int
           AS "movedOn",
         count(*) FILTER (WHERE next_stage = 'closed_lost')::int AS lost,
         count(*) FILTER (WHERE ${PLACE('next_stage')} < ${PLACE('stage')})::int AS "movedBack",
         count(*) FILTER (WHERE next_stage = 'archived')::int AS archived, count(*) FILTER (WHERE next_stage IS NULL)::int AS "stillThere"
    FROM stays WHERE ${IN_PERIOD} AND stage = ANY($4::text[]) GROUP BY stage ORDER BY ${PLACE('stage')}`);

const VELOCITY = prepared(`
  WITH ${STAYS}
  SELECT stage, count(*)::int AS stays,
         round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - entered_at)) / 86400)::numeric, 2)::float8 AS "medianDays",
         round((percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - entered_at)) / 86400)::numeric, 2)::float8 AS "p90Days"
    FROM stays WHERE ${IN_PERIOD} AND left_at IS NOT NULL AND stage = ANY($4::text[]) GROUP BY stage ORDER BY ${PLACE('stage')}`);

const WIN_RATE = prepared(`
  WITH counted AS (
    SELECT d.deal_id, coalesce(d.source, 'unknown') AS source, h.to_stage, h.outcome_reason, date_trunc($4::text, h.created_at, 'UTC') AS period
      FROM zakops.deal_stage_history h JOIN zakops.deals d USING (deal_id)
     WHERE h.to_stage IN ('closed_won', 'closed_lost') AND NOT d.deleted AND d.status <> 'merged' AND ($3::text IS NULL OR d.source = $3)
       AND h.created_at >= coalesce($1::timestamptz, '-infinity') AND h.created_at < coalesce($2::timestamptz, 'infinity')
  )
  SELECT to_char(period AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS period, source, count(*) FILTER (WHERE to_stage = 'closed_won')::int AS won,
         count(*) FILTER (WHERE to_stage = 'closed_lost')::int AS lost,
         (SELECT coalesce(jsonb_object_agg(r.reason, r.n), '{}') FROM (
            SELECT outcome_reason AS reason, count(*) AS n FROM counted i
             WHERE i.period = c.period AND i.source = c.source AND outcome_reason IS NOT NULL GROUP BY 1) AS r) AS reasons
    FROM counted c GROUP BY period, source ORDER BY c.period, source LIMIT 1000`);

// Of those that have left the stage: a deal that is still there says nothing about how long it takes.
const PACE = prepared(`
  SELECT d.stage, floor(extract(epoch FROM now() - d.stage_entered_at) / 86400)::int AS days, p.stays,
         CASE WHEN p.stays = 0 THEN NULL ELSE floor(100.0 * p.faster / p.stays)::int END AS percentile
    FROM zakops.deals d CROSS JOIN LATERAL (
      SELECT count(*)::int AS stays, count(*) FILTER (WHERE took < now() - d.stage_entered_at)::int AS faster FROM (
        SELECT h.created_at - coalesce(lag(h.created_at) OVER (PARTITION BY h.deal_id ORDER BY h.id), o.created_at) AS took, h.from_stage
          FROM zakops.deal_stage_history h JOIN zakops.deals o USING (deal_id)
         WHERE NOT o.deleted AND o.status <> 'merged' AND o.deal_id <> d.deal_id AND h.deal_id IN (
           SELECT r.deal_id FROM zakops.deal_stage_history r WHERE r.from_stage = d.stage ORDER BY r.created_at DESC LIMIT 1000)
      ) AS all_stays WHERE from_stage = d.stage) AS p
   WHERE d.deal_id = $1 AND NOT d.deleted`);

/** Reads how fast deals move, and how they end. */
@Injectable()
export class VelocityReader {
  constructor(private readonly database: Database) {}

  /** What became of the stays that began in a period, by stage. */
  async conversion({ from, to, source }: VelocityFilter): Promise<readonly StageConversion[]> {
    return this.database.query<StageConversion & Record<string, unknown>>(CONVERSION, [
      from ?? null,
      to ?? null,
      source ?? null,
      DEAL_STAGES,
    ]);
  }

  /** How long the stays took that began in a period and are over, by stage. */
  async velocity({ from, to, source }: VelocityFilter): Promise<readonly StageVelocity[]> {
    return this.database.query<StageVelocity & Record<string, unknown>>(VELOCITY, [from ?? null, to ?? null, source ?? null, DEAL_STAGES]);
  }

  /** Deals that were won and lost in a period, by the part of it and by source. */
  async winRate({ from, to, source }: VelocityFilter, unit: 'month' | 'quarter'): Promise<readonly WinRate[]> {
    return this.database.query<WinRate & Record<string, unknown>>(WIN_RATE, [from ?? null, to ?? null, source ?? null, unit]);
  }

  /** How long a deal is in its stage beside the others that were there; undefined when there is no such deal. */
  async pace(dealId: string): Promise<DealPace | undefined> {
    const [row] = await this.database.query<DealPace & Record<string, unknown>>(PACE, [dealId]);
    return row;
  }
}
