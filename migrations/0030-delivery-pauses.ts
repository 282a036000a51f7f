import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';

/**
 * Pauses of deliveries, and which tickets they hold.
 *
 * @remarks Outside of a transaction, so that the index is built while others write. It can be repeated when it was cut off. Version 0.4.0
 * beside it knows no pauses: it delivers a held ticket when its due time has come.
 */
export class DeliveryPauses0000000000030 implements MigrationInterface {
  readonly name = 'DeliveryPauses0000000000030';
  readonly transaction = false;
  /** A held ticket is due at once. */
  readonly carriedOver = ['outbox_tickets.held_by'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET LOCAL lock_timeout = '5s';
      ALTER TABLE zakops.outbox_tickets ADD COLUMN IF NOT EXISTS held_by uuid;
      COMMENT ON COLUMN zakops.outbox_tickets.held_by IS 'The pause that holds the ticket; due_at is its end then, or earlier.';

      CREATE TABLE IF NOT EXISTS zakops.delivery_pauses (
        id             uuid        NOT NULL CONSTRAINT delivery_pauses_pk PRIMARY KEY,
        scope          text        NOT NULL,
        consumer       text,
        event_type     text,
        pattern        text,
        aggregate_type text,
        aggregate_id   text,
        stream         bigint,
        reason         text        NOT NULL,
        paused_by      text        NOT NULL,
        started_at     timestamptz NOT NULL DEFAULT now(),
        ends_at        timestamptz NOT NULL,
        resumed_at     timestamptz,
        resumed_by     text,
        released_at    timestamptz,
        CONSTRAINT delivery_pauses_target_check CHECK (CASE scope
          WHEN 'all' THEN num_nonnulls(consumer, event_type, aggregate_type, aggregate_id) = 0
          WHEN 'consumer' THEN consumer IS NOT NULL AND num_nonnulls(event_type, aggregate_type, aggregate_id) = 0
          WHEN 'event_type' THEN num_nulls(event_type, pattern) = 0 AND num_nonnulls(consumer, aggregate_type, aggregate_id) = 0
          WHEN 'aggregate' THEN num_nulls(aggregate_type, aggregate_id, stream) = 0 AND num_nonnulls(consumer, event_type) = 0
          ELSE false END),
        CONSTRAINT delivery_pauses_end_check CHECK (ends_at > started_at)
      );
      CREATE INDEX IF NOT EXISTS delivery_pauses_open_idx ON zakops.delivery_pauses (ends_at) WHERE released_at IS NULL;
      CREATE INDEX IF NOT EXISTS delivery_pauses_order_idx ON zakops.delivery_pauses (started_at DESC, id DESC);
      COMMENT ON TABLE zakops.delivery_pauses IS 'One row is one pause of deliveries: what is paused, until when, why, and by whom.';
      COMMENT ON COLUMN zakops.delivery_pauses.scope IS 'all, consumer, event_type or aggregate.';
      COMMENT ON COLUMN zakops.delivery_pauses.event_type IS 'A type or a family of types, as it was given.';
      COMMENT ON COLUMN zakops.delivery_pauses.pattern IS 'Regular expression of the event types that are paused.';
      COMMENT ON COLUMN zakops.delivery_pauses.stream IS 'Hash of the aggregate that is paused.';
      COMMENT ON COLUMN zakops.delivery_pauses.ends_at IS 'The pause ends at this time, whatever runs.';
      COMMENT ON COLUMN zakops.delivery_pauses.resumed_at IS 'When an operator ended it early; null when nobody did.';
      COMMENT ON COLUMN zakops.delivery_pauses.released_at IS 'When the worker had made all tickets due that the ended pause had held.';
    `);
    await buildIndex(runner, 'outbox_tickets_held_idx', 'zakops.outbox_tickets (held_by) WHERE held_by IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE zakops.outbox_tickets SET due_at = now() WHERE held_by IS NOT NULL AND status IN ('pending', 'failed') AND due_at > now();
      DROP TABLE zakops.delivery_pauses;
      DROP INDEX zakops.outbox_tickets_held_idx;
      ALTER TABLE zakops.outbox_tickets DROP COLUMN held_by;
    `);
  }
}
