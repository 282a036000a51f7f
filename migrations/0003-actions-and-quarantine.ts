import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Proposed actions and parked mail: counted by the pipeline figures, filled from an adopted database until their features write them. */
export class ActionsAndQuarantine0000000000003 implements MigrationInterface {
  readonly name = 'ActionsAndQuarantine0000000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE zakops.actions (
        action_id             text        NOT NULL CONSTRAINT actions_pk PRIMARY KEY,
        deal_id               text        CONSTRAINT actions_deal_fk REFERENCES zakops.deals,
        capability_id         text,
        action_type           text        NOT NULL,
        title                 text        NOT NULL,
        summary               text,
        status                text        NOT NULL,
        risk_level            text        NOT NULL DEFAULT 'medium',
        requires_human_review boolean     NOT NULL DEFAULT true,
        inputs                jsonb       NOT NULL DEFAULT '{}',
        outputs               jsonb       NOT NULL DEFAULT '{}',
        idempotency_key       text,
        trace_id              text,
        correlation_id        text,
        causation_id          text,
        run_id                text,
        approved_by           text,
        approved_at           timestamptz,
        operator_id           text,
        audit_trail           jsonb       NOT NULL DEFAULT '[]',
        scheduled_for         timestamptz,
        next_retry_at         timestamptz,
        parent_action_id      text,
        root_action_id        text,
        chain_depth           integer     NOT NULL DEFAULT 0,
        artifacts             jsonb       NOT NULL DEFAULT '[]',
        error_message         text,
        version               integer     NOT NULL DEFAULT 0,
        created_at            timestamptz NOT NULL DEFAULT statement_timestamp(),
        updated_at            timestamptz NOT NULL DEFAULT statement_timestamp()
      );
      CREATE INDEX actions_created_idx ON zakops.actions (created_at DESC, action_id DESC);
      CREATE INDEX actions_deal_idx ON zakops.actions (deal_id) WHERE deal_id IS NOT NULL;
      CREATE INDEX actions_pending_idx ON zakops.actions (status) WHERE status IN ('PENDING_APPROVAL', 'QUEUED');

      CREATE TABLE zakops.quarantine_items (
        id                  uuid             NOT NULL DEFAULT gen_random_uuid() CONSTRAINT quarantine_items_pk PRIMARY KEY,
        message_id          text             NOT NULL,
        email_subject       text,
        sender              text,
        sender_domain       text,
        sender_name         text,
        sender_company      text,
        is_broker           boolean,
        received_at         timestamptz,
        classification      text,
        urgency             text,
        confidence          double precision,
        company_name        text,
        broker_name         text,
        status              text             NOT NULL DEFAULT 'pending',
        processed_at        timestamptz,
        processed_by        text,
        processing_result   jsonb,
        created_deal_id     text             CONSTRAINT quarantine_items_deal_fk REFERENCES zakops.deals,
        thread_id           text,
        links               jsonb            NOT NULL DEFAULT '[]',
        quarantine_dir      text,
        email_content_path  text,
        triage_summary_path text,
        version             integer          NOT NULL DEFAULT 0,
        created_at          timestamptz      NOT NULL DEFAULT statement_timestamp()
      );
      CREATE INDEX quarantine_items_status_idx ON zakops.quarantine_items (status, created_at DESC);
      CREATE INDEX quarantine_items_message_idx ON zakops.quarantine_items (message_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE zakops.quarantine_items, zakops.actions');
  }
}
