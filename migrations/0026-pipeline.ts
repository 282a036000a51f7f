import type { MigrationInterface, QueryRunner } from 'typeorm';
import { inPortions } from './in-portions.js';

const TABLES = `
  -- Statements that wait for a table have all later ones wait behind them.
  SET LOCAL lock_timeout = '5s';
  ALTER TABLE zakops.deals
    ADD COLUMN IF NOT EXISTS source        text,
    ADD COLUMN IF NOT EXISTS next_step     text,
    ADD COLUMN IF NOT EXISTS next_step_at  date,
    ADD COLUMN IF NOT EXISTS snoozed_until date,
    ADD COLUMN IF NOT EXISTS snooze_reason text,
    ADD COLUMN IF NOT EXISTS stale_since   timestamptz;
  COMMENT ON COLUMN zakops.deals.source IS 'Who or what brought the deal, as its first event says.';
  COMMENT ON COLUMN zakops.deals.snoozed_until IS 'Until the end of that day (UTC) nobody is reminded of the deal.';
  COMMENT ON COLUMN zakops.deals.stale_since IS 'The stage_entered_at of the stay for which deal.stale was sent.';

  CREATE TABLE IF NOT EXISTS zakops.stage_limits (
    stage      text        NOT NULL CONSTRAINT stage_limits_pk PRIMARY KEY,
    days       integer     NOT NULL CONSTRAINT stage_limits_days_check CHECK (days BETWEEN 1 AND 3650),
    version    integer     NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp()
  );
  COMMENT ON TABLE zakops.stage_limits IS 'Days after which a deal in a stage is stuck; twice as many make it urgent.';
  INSERT INTO zakops.stage_limits (stage, days)
  SELECT stage, 30 FROM unnest(ARRAY['inbound', 'initial_review', 'due_diligence', 'negotiation', 'documentation', 'closing']) AS open(stage)
  ON CONFLICT DO NOTHING`;

// An adopted deal has no event of its creation, but an activity.
const SOURCES = inPortions(
  'deals',
  'deal_id',
  (isInPortion) => `
      UPDATE zakops.deals d SET source = found.source
        FROM (SELECT deal_id, coalesce(
                (SELECT e.data ->> 'source' FROM zakops.events e
                  WHERE e.aggregate_type = 'deal' AND e.aggregate_id = sourceless.deal_id AND e.type = 'deal.created' ORDER BY e.aggregate_seq LIMIT 1),
                (SELECT a.source FROM zakops.deal_activity a
                  WHERE a.deal_id = sourceless.deal_id AND a.event_type IN ('deal.created', 'deal_created') ORDER BY a.seq LIMIT 1)) AS source
                FROM zakops.deals sourceless WHERE ${isInPortion} AND source IS NULL) AS found
       WHERE d.deal_id = found.deal_id AND d.source IS NULL AND found.source IS NOT NULL`,
);

/**
 * What makes a deal late: limits of stages, next steps, snoozes; and where deals come from.
 *
 * @remarks Outside of a transaction, so that each portion is committed. It can be repeated when it was cut off.
 */
export class Pipeline0000000000026 implements MigrationInterface {
  readonly name = 'Pipeline0000000000026';
  readonly transaction = false;
  readonly brought = { stage_limits: 'version = 1' };
  /** Read from the first events again. */
  readonly carriedOver = ['deals.source'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(SOURCES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.stage_limits;
      ALTER TABLE zakops.deals DROP COLUMN source, DROP COLUMN next_step, DROP COLUMN next_step_at, DROP COLUMN snoozed_until,
        DROP COLUMN snooze_reason, DROP COLUMN stale_since;
    `);
  }
}
