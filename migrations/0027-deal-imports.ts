import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';

/**
 * Imports of deals: what was sent, and what became of each row.
 *
 * @remarks Outside of a transaction, so that the indexes are built while others write. It can be repeated when it was cut off.
 */
export class DealImports0000000000027 implements MigrationInterface {
  readonly name = 'DealImports0000000000027';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Statements that wait for a table have all later ones wait behind them.
      SET LOCAL lock_timeout = '5s';
      ALTER TABLE zakops.deals ADD COLUMN IF NOT EXISTS external_id text;
      COMMENT ON COLUMN zakops.deals.external_id IS 'The name of the deal in the system that it was imported from.';

      CREATE TABLE IF NOT EXISTS zakops.deal_imports (
        id          uuid        NOT NULL CONSTRAINT deal_imports_pk PRIMARY KEY,
        state       text        NOT NULL DEFAULT 'queued'
          CONSTRAINT deal_imports_state_check CHECK (state IN ('queued', 'running', 'done', 'cancelled')),
        is_dry_run  boolean     NOT NULL,
        actor_type  text        NOT NULL,
        actor_id    text        NOT NULL,
        created_by  text        NOT NULL,
        total_rows  integer     NOT NULL,
        created_at  timestamptz NOT NULL DEFAULT statement_timestamp(),
        finished_at timestamptz
      );
      CREATE INDEX IF NOT EXISTS deal_imports_open_idx ON zakops.deal_imports (created_at, id) WHERE state IN ('queued', 'running');
      COMMENT ON TABLE zakops.deal_imports IS 'One row is one import of deals: a task of the worker.';

      CREATE TABLE IF NOT EXISTS zakops.deal_import_rows (
        import_id uuid    NOT NULL CONSTRAINT deal_import_rows_import_fk REFERENCES zakops.deal_imports,
        line      integer NOT NULL,
        given     jsonb,
        state     text    NOT NULL DEFAULT 'waiting'
          CONSTRAINT deal_import_rows_state_check CHECK (state IN ('waiting', 'created', 'changed', 'unchanged', 'failed')),
        deal_id   text,
        code      text,
        field     text,
        detail    text,
        CONSTRAINT deal_import_rows_pk PRIMARY KEY (import_id, line)
      );
      CREATE INDEX IF NOT EXISTS deal_import_rows_state_idx ON zakops.deal_import_rows (import_id, state, line);
      COMMENT ON TABLE zakops.deal_import_rows IS 'One row is one row of an import, and what became of it.';
      COMMENT ON COLUMN zakops.deal_import_rows.given IS 'What was sent; null once it is imported, or when it could not be read.';
    `);
    // The pace of a deal reads who left its stage.
    await buildIndex(runner, 'deal_stage_history_left_idx', 'zakops.deal_stage_history (from_stage, created_at DESC)');
    await buildIndex(runner, 'deals_external_idx', 'zakops.deals (external_id) WHERE external_id IS NOT NULL', { unique: true });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.deal_import_rows, zakops.deal_imports;
      DROP INDEX zakops.deals_external_idx, zakops.deal_stage_history_left_idx;
      ALTER TABLE zakops.deals DROP COLUMN external_id;
    `);
  }
}
