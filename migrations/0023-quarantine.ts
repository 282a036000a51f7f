import type { MigrationInterface, QueryRunner } from 'typeorm';

// expand-contract: constraint-added quarantine_items.quarantine_items_linked_deal_fk: it checks a new column, which version 0.4 never writes
// expand-contract: index-locks quarantine_items.quarantine_items_deal_idx: version 0.4 writes to it only when it adopts mail of the original system, and reads go on
// expand-contract: index-locks quarantine_items.quarantine_items_one_message_idx: version 0.4 writes to it only when it adopts mail of the original system, and reads go on
// expand-contract: index-locks quarantine_items.quarantine_items_queue_idx: version 0.4 writes to it only when it adopts mail of the original system, and reads go on

/** Mail that waits for a decision, the notes on it, and who sends it. */
export class Quarantine0000000000023 implements MigrationInterface {
  readonly name = 'Quarantine0000000000023';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Statements that wait for a table have all later ones wait behind them.
      SET LOCAL lock_timeout = '5s';
      ALTER TABLE zakops.quarantine_items
        ADD COLUMN body          text,
        ADD COLUMN attachments   jsonb       NOT NULL DEFAULT '[]',
        ADD COLUMN clues         jsonb       NOT NULL DEFAULT '{}',
        ADD COLUMN digest        text,
        ADD COLUMN hidden        boolean     NOT NULL DEFAULT false,
        ADD COLUMN deal_id       text        CONSTRAINT quarantine_items_linked_deal_fk REFERENCES zakops.deals,
        ADD COLUMN deal_version  integer,
        ADD COLUMN reason        text,
        ADD COLUMN duplicate_of  uuid,
        ADD COLUMN updated_at    timestamptz NOT NULL DEFAULT statement_timestamp();
      COMMENT ON COLUMN zakops.quarantine_items.clues IS 'Listing ids, broker references, sector and location: what deals are matched by.';
      COMMENT ON COLUMN zakops.quarantine_items.digest IS 'Of what was received, so that the same mail is known from another one under its message id.';
      COMMENT ON COLUMN zakops.quarantine_items.deal_id IS 'The deal that an approval made or linked to; created_deal_id only when it was made.';
      COMMENT ON COLUMN zakops.quarantine_items.deal_version IS 'The version of the deal right after the approval: while it has it, the approval can be undone.';
      COMMENT ON COLUMN zakops.quarantine_items.duplicate_of IS 'Of an adopted database: the item that counts for this message id.';
      UPDATE zakops.quarantine_items SET deal_id = created_deal_id WHERE created_deal_id IS NOT NULL;
      UPDATE zakops.quarantine_items q SET duplicate_of = first.id
        FROM (SELECT DISTINCT ON (message_id) message_id, id FROM zakops.quarantine_items ORDER BY message_id, created_at DESC, id) AS first
       WHERE first.message_id = q.message_id AND first.id <> q.id;
      CREATE UNIQUE INDEX quarantine_items_one_message_idx ON zakops.quarantine_items (message_id) WHERE duplicate_of IS NULL;
      DROP INDEX zakops.quarantine_items_message_idx;
      DROP INDEX zakops.quarantine_items_status_idx;
      CREATE INDEX quarantine_items_queue_idx ON zakops.quarantine_items
        (status, (CASE urgency WHEN 'HIGH' THEN 0 WHEN 'MEDIUM' THEN 1 ELSE 2 END), created_at DESC, id DESC) WHERE NOT hidden;
      CREATE INDEX quarantine_items_deal_idx ON zakops.quarantine_items (deal_id) WHERE deal_id IS NOT NULL;

      CREATE TABLE zakops.quarantine_notes (
        id         uuid        NOT NULL CONSTRAINT quarantine_notes_pk PRIMARY KEY,
        item_id    uuid        NOT NULL CONSTRAINT quarantine_notes_item_fk REFERENCES zakops.quarantine_items,
        content    text        NOT NULL,
        author     text        NOT NULL,
        created_at timestamptz NOT NULL DEFAULT statement_timestamp()
      );
      CREATE INDEX quarantine_notes_item_idx ON zakops.quarantine_notes (item_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.quarantine_notes;
      DROP INDEX zakops.quarantine_items_one_message_idx, zakops.quarantine_items_queue_idx, zakops.quarantine_items_deal_idx;
      CREATE INDEX quarantine_items_status_idx ON zakops.quarantine_items (status, created_at DESC);
      CREATE INDEX quarantine_items_message_idx ON zakops.quarantine_items (message_id);
      ALTER TABLE zakops.quarantine_items DROP COLUMN body, DROP COLUMN attachments, DROP COLUMN clues, DROP COLUMN digest, DROP COLUMN hidden,
        DROP COLUMN deal_id, DROP COLUMN deal_version, DROP COLUMN reason, DROP COLUMN duplicate_of, DROP COLUMN updated_at;
    `);
  }
}
