import type { MigrationInterface, QueryRunner } from 'typeorm';

// expand-contract: constraint-added deals.deals_merged_into_fk: it checks a new column, which version 0.4 never writes

/** What becomes of a deal: archived, deleted, merged, won or lost; and rules that a move must keep. */
export class DealLifecycle0000000000021 implements MigrationInterface {
  readonly name = 'DealLifecycle0000000000021';
  readonly brought = { deal_guards: `version = 1 AND id::text LIKE '01a22000-0000-7000-8000-%'` };

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Statements that wait for a table have all later ones wait behind them.
      SET LOCAL lock_timeout = '5s';
      ALTER TABLE zakops.deals
        ADD COLUMN status_before  text,
        ADD COLUMN merged_into    text CONSTRAINT deals_merged_into_fk REFERENCES zakops.deals,
        ADD COLUMN outcome_reason text,
        ADD COLUMN outcome_note   text;
      COMMENT ON COLUMN zakops.deals.status_before IS 'The status to which restoring an archived deal goes back. Null unless archived.';
      COMMENT ON COLUMN zakops.deals.merged_into IS 'The deal that goes on in place of this one. It may be merged itself.';
      COMMENT ON COLUMN zakops.deals.outcome_reason IS 'Why the deal was won or lost: a code. Null while it is open.';

      CREATE FUNCTION zakops.surviving_deal(id text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
        WITH RECURSIVE merged AS (
          SELECT deal_id, merged_into FROM zakops.deals WHERE deal_id = id
          UNION
          SELECT d.deal_id, d.merged_into FROM merged m JOIN zakops.deals d ON d.deal_id = m.merged_into
        )
        SELECT deal_id FROM merged WHERE merged_into IS NULL
      $$;
      COMMENT ON FUNCTION zakops.surviving_deal IS 'The deal that goes on in place of a merged one; of a chain of merges, the last.';

      ALTER TABLE zakops.deal_stage_history ADD COLUMN outcome_reason text, ADD COLUMN outcome_note text;

      CREATE TABLE zakops.deal_guards (
        id         uuid        NOT NULL CONSTRAINT deal_guards_pk PRIMARY KEY,
        from_stage text,
        to_stage   text        NOT NULL,
        rule       text        NOT NULL CONSTRAINT deal_guards_rule_check CHECK (rule IN ('required_fields', 'nda_signed', 'no_open_actions')),
        fields     text[]      NOT NULL DEFAULT '{}',
        message    text        NOT NULL,
        enabled    boolean     NOT NULL,
        version    integer     NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT statement_timestamp()
      );
      COMMENT ON TABLE zakops.deal_guards IS 'Rules that a move must keep, beside the stage machine. Those that are disabled block nothing.';
      COMMENT ON COLUMN zakops.deal_guards.from_stage IS 'Null for every stage.';
      COMMENT ON COLUMN zakops.deal_guards.fields IS 'JSON pointers into the deal; for required_fields only.';

      INSERT INTO zakops.deal_guards (id, from_stage, to_stage, rule, fields, message, enabled) VALUES
        ('01a22000-0000-7000-8000-000000000001', NULL, 'due_diligence', 'nda_signed', '{}', 'Sign an NDA before due diligence.', false),
        ('01a22000-0000-7000-8000-000000000002', NULL, 'negotiation', 'required_fields', '{/metadata/asking_price}',
         'Note the asking price before negotiation.', false),
        ('01a22000-0000-7000-8000-000000000003', 'closing', 'closed_won', 'no_open_actions', '{}', 'Finish or cancel open actions first.', false);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.deal_guards;
      DROP FUNCTION zakops.surviving_deal(text);
      ALTER TABLE zakops.deal_stage_history DROP COLUMN outcome_reason, DROP COLUMN outcome_note;
      ALTER TABLE zakops.deals DROP COLUMN status_before, DROP COLUMN merged_into, DROP COLUMN outcome_reason, DROP COLUMN outcome_note;
    `);
  }
}
