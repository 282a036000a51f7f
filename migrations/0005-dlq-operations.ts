import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who did what to the dead letter queue, and the order in which its list is read. */
export class DlqOperations0000000000005 implements MigrationInterface {
  readonly name = 'DlqOperations0000000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE zakops.dlq_operations (
        id           uuid        NOT NULL CONSTRAINT dlq_operations_pk PRIMARY KEY,
        kind         text        NOT NULL
                     CONSTRAINT dlq_operations_kind_check CHECK (kind IN ('retry', 'retry_all', 'purge', 'purge_old')),
        actor        text        NOT NULL,
        reason       text,
        filter       jsonb       NOT NULL,
        count        integer     NOT NULL,
        traceparent  text,
        performed_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX dlq_operations_performed_idx ON zakops.dlq_operations (performed_at);
      COMMENT ON TABLE zakops.dlq_operations IS 'One row is one operation on the dead letter queue, written in its transaction.';
      COMMENT ON COLUMN zakops.dlq_operations.count IS 'The entries that it really changed.';

      CREATE TABLE zakops.dlq_operation_entries (
        entry_id     uuid NOT NULL,
        operation_id uuid NOT NULL CONSTRAINT dlq_operation_entries_operation_fk REFERENCES zakops.dlq_operations ON DELETE CASCADE,
        event_id     uuid NOT NULL,
        consumer     text NOT NULL,
        CONSTRAINT dlq_operation_entries_pk PRIMARY KEY (entry_id, operation_id)
      );
      CREATE INDEX dlq_operation_entries_operation_idx ON zakops.dlq_operation_entries (operation_id);
      COMMENT ON TABLE zakops.dlq_operation_entries IS
        'What each operation changed. An entry leaves the queue only by one, so an id that is not dead is looked up here, not in the outbox.';

      CREATE INDEX outbox_dead_order_idx
        ON zakops.outbox ((coalesce(last_attempt_at, created_at)), (zakops.ticket_id(event_id, consumer))) WHERE status = 'dead';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX zakops.outbox_dead_order_idx;
      DROP TABLE zakops.dlq_operation_entries, zakops.dlq_operations;
    `);
  }
}
