import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deals, their aliases and stage history, and the activity that a consumer projects from their events. */
export class Deals0000000000002 implements MigrationInterface {
  readonly name = 'Deals0000000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SEQUENCE zakops.deal_number_seq AS bigint;
      CREATE FUNCTION zakops.next_deal_id() RETURNS text LANGUAGE sql VOLATILE AS $$
        SELECT 'DEAL-' || lpad(n, greatest(6, length(n)), '0') FROM (SELECT nextval('zakops.deal_number_seq')::text AS n) AS number
      $$;
      COMMENT ON FUNCTION zakops.next_deal_id IS 'DEAL-000001, DEAL-000002 ...; a number is not used again, also when its transaction fails.';

      CREATE TABLE zakops.deals (
        deal_id          text        NOT NULL CONSTRAINT deals_pk PRIMARY KEY,
        canonical_name   text        NOT NULL,
        display_name     text,
        folder_path      text,
        stage            text        NOT NULL,
        status           text        NOT NULL,
        identifiers      jsonb       NOT NULL DEFAULT '{}',
        company_info     jsonb       NOT NULL DEFAULT '{}',
        broker           jsonb       NOT NULL DEFAULT '{}',
        metadata         jsonb       NOT NULL DEFAULT '{}',
        email_thread_ids jsonb       NOT NULL DEFAULT '[]',
        deleted          boolean     NOT NULL DEFAULT false,
        version          integer     NOT NULL,
        stage_entered_at timestamptz NOT NULL DEFAULT statement_timestamp(),
        created_at       timestamptz NOT NULL DEFAULT statement_timestamp(),
        updated_at       timestamptz NOT NULL DEFAULT statement_timestamp()
      );
      CREATE INDEX deals_updated_idx ON zakops.deals (updated_at DESC, deal_id DESC) WHERE NOT deleted;
      CREATE INDEX deals_stage_idx ON zakops.deals (stage, updated_at DESC, deal_id DESC) WHERE NOT deleted;
      COMMENT ON COLUMN zakops.deals.version IS 'The number of events of the deal: the aggregate_seq of its last one.';
      COMMENT ON COLUMN zakops.deals.updated_at IS 'The start of the statement that changed the row, under its lock: it grows with every change.';
      COMMENT ON COLUMN zakops.deals.metadata IS 'asking_price, ebitda and revenue are {"amount": "1250000.00", "currency": "USD"}: text, never a float.';

      CREATE TABLE zakops.deal_aliases (
        id         uuid             NOT NULL CONSTRAINT deal_aliases_pk PRIMARY KEY,
        deal_id    text             NOT NULL CONSTRAINT deal_aliases_deal_fk REFERENCES zakops.deals,
        alias      text             NOT NULL,
        alias_type text             NOT NULL,
        confidence double precision NOT NULL CONSTRAINT deal_aliases_confidence_check CHECK (confidence BETWEEN 0 AND 1),
        source     text             NOT NULL,
        created_at timestamptz      NOT NULL DEFAULT statement_timestamp()
      );
      CREATE UNIQUE INDEX deal_aliases_alias_idx ON zakops.deal_aliases (deal_id, alias_type, md5(lower(alias)));
      CREATE INDEX deal_aliases_order_idx ON zakops.deal_aliases (deal_id, confidence DESC, id);

      CREATE TABLE zakops.deal_stage_history (
        id              bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT deal_stage_history_pk PRIMARY KEY,
        deal_id         text        NOT NULL CONSTRAINT deal_stage_history_deal_fk REFERENCES zakops.deals,
        from_stage      text        NOT NULL,
        to_stage        text        NOT NULL,
        transitioned_by text        NOT NULL,
        reason          text,
        idempotency_key text,
        created_at      timestamptz NOT NULL
      );
      CREATE INDEX deal_stage_history_deal_idx ON zakops.deal_stage_history (deal_id, id);
      CREATE INDEX deal_stage_history_key_idx ON zakops.deal_stage_history (deal_id, idempotency_key, created_at)
        WHERE idempotency_key IS NOT NULL;
      COMMENT ON COLUMN zakops.deal_stage_history.id IS 'Given under the lock of the deal: for one deal, the order of moves.';

      CREATE TABLE zakops.deal_activity (
        id         uuid        NOT NULL CONSTRAINT deal_activity_pk PRIMARY KEY,
        deal_id    text        NOT NULL,
        seq        bigint      NOT NULL,
        event_type text        NOT NULL,
        source     text        NOT NULL,
        actor      text        NOT NULL,
        actor_type text        NOT NULL,
        details    jsonb       NOT NULL,
        gap        boolean     NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL
      );
      CREATE UNIQUE INDEX deal_activity_deal_idx ON zakops.deal_activity (deal_id, seq);
      CREATE INDEX deal_activity_created_idx ON zakops.deal_activity (created_at);
      COMMENT ON TABLE zakops.deal_activity IS 'What the events of deals tell, written by the consumer deal-activity; may be behind by the delay of delivery.';
      COMMENT ON COLUMN zakops.deal_activity.id IS 'The id of the event.';
      COMMENT ON COLUMN zakops.deal_activity.seq IS 'The aggregate_seq of the event; 0, -1, -2 ... for what an adopted database had, newest first.';
      COMMENT ON COLUMN zakops.deal_activity.gap IS 'When it was written, an earlier event of the deal was a dead letter.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.deal_activity, zakops.deal_stage_history, zakops.deal_aliases, zakops.deals;
      DROP FUNCTION zakops.next_deal_id();
      DROP SEQUENCE zakops.deal_number_seq;
    `);
  }
}
