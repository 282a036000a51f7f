import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';

/**
 * Replays of history to a consumer, the terms of publishing workers, and the indexes by which a trace id is looked up.
 *
 * @remarks Outside of a transaction, so that the indexes are built while others write. It can be repeated when it was cut off. The trigger
 * notes the terms of workers of version 0.4.0 too.
 */
export class Replays0000000000031 implements MigrationInterface {
  readonly name = 'Replays0000000000031';
  readonly transaction = false;
  /** What `down` takes away says who published, and what was replayed; events and effects stay. */
  readonly carriedOver = ['publishing_terms'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REPLAYS);
    await runner.query(TERMS);
    await runner.query(TERM_FUNCTION);
    await runner.query(TERM_TRIGGER);
    // A block range index costs a write next to nothing, and a trace is asked for seldom. One filter holds what about 64 pages hold.
    await buildIndex(
      runner,
      'events_trace_idx',
      `zakops.events USING brin (substr(traceparent, 4, 32) text_bloom_ops (n_distinct_per_range = 500)) WITH (pages_per_range = 64, autosummarize = on)`,
    );
    await buildIndex(
      runner,
      'audit_log_trace_idx',
      `zakops.audit_log USING brin (trace_id text_bloom_ops (n_distinct_per_range = 500)) WITH (pages_per_range = 64, autosummarize = on)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX zakops.audit_log_trace_idx, zakops.events_trace_idx;
      DROP TRIGGER event_log_head_term ON zakops.event_log_head;
      DROP FUNCTION zakops.note_publishing_term();
      DROP TABLE zakops.publishing_terms, zakops.replays;
    `);
  }
}

const REPLAYS = `
  CREATE TABLE IF NOT EXISTS zakops.replays (
    id              uuid        NOT NULL CONSTRAINT replays_pk PRIMARY KEY,
    consumer        text        NOT NULL,
    state           text        NOT NULL DEFAULT 'queued'
      CONSTRAINT replays_state_check CHECK (state IN ('queued', 'running', 'done', 'cancelled', 'failed')),
    after_position  bigint      NOT NULL,
    until_position  bigint,
    position        bigint      NOT NULL,
    rate            integer     NOT NULL,
    delivered       bigint      NOT NULL DEFAULT 0,
    skipped         bigint      NOT NULL DEFAULT 0,
    failures        smallint    NOT NULL DEFAULT 0,
    due_at          timestamptz,
    reason_code     text,
    last_error      text,
    failed_event_id uuid,
    fence           bigint,
    starts          smallint    NOT NULL DEFAULT 0,
    reason          text,
    created_by      text        NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT statement_timestamp(),
    started_at      timestamptz,
    finished_at     timestamptz,
    CONSTRAINT replays_range_check CHECK (position >= after_position AND (until_position IS NULL OR until_position >= after_position))
  ) WITH (fillfactor = 50);
  CREATE UNIQUE INDEX IF NOT EXISTS replays_open_idx ON zakops.replays (consumer) WHERE state IN ('queued', 'running');
  CREATE INDEX IF NOT EXISTS replays_order_idx ON zakops.replays (created_at DESC, id DESC);
  COMMENT ON TABLE zakops.replays IS 'One row is one replay of history to one consumer, and how far it has come.';
  COMMENT ON COLUMN zakops.replays.after_position IS 'The first event that is replayed is the next one after it.';
  COMMENT ON COLUMN zakops.replays.until_position IS 'The last position; null for a replay that ends where it meets the cursor of the consumer.';
  COMMENT ON COLUMN zakops.replays.position IS 'Everything up to it was replayed; written in the transaction of the effects.';
  COMMENT ON COLUMN zakops.replays.skipped IS 'Events that have an open ticket, which delivers them.';
  COMMENT ON COLUMN zakops.replays.failures IS 'Failed attempts of the event after the position.';
  COMMENT ON COLUMN zakops.replays.starts IS 'Workers that took it up and have not got it further.';
`;

const TERMS = `
  CREATE TABLE IF NOT EXISTS zakops.publishing_terms (
    fence          bigint      NOT NULL CONSTRAINT publishing_terms_pk PRIMARY KEY,
    owner          text,
    after_position bigint      NOT NULL,
    began_at       timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX IF NOT EXISTS publishing_terms_position_idx ON zakops.publishing_terms (after_position DESC, fence DESC);
  COMMENT ON TABLE zakops.publishing_terms IS 'One row is one term of an active worker: it gave the positions from here to the next term.';
  COMMENT ON COLUMN zakops.publishing_terms.after_position IS 'The end of the log when the term began.';
`;

// The row of the head is locked, so nobody publishes meanwhile: the end of the log is exact. Runs as its owner, so that workers of every
// version may note their term. Ten thousand terms are enough for years.
const TERM_FUNCTION = `
  CREATE OR REPLACE FUNCTION zakops.note_publishing_term() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    INSERT INTO zakops.publishing_terms (fence, owner, after_position)
    SELECT NEW.fence, (SELECT w.owner FROM zakops.worker_leases w WHERE w.name = 'outbox' AND w.fence = NEW.fence), zakops.log_position()
    ON CONFLICT DO NOTHING;
    DELETE FROM zakops.publishing_terms WHERE fence < NEW.fence - 10000;
    RETURN NULL;
  END $$;
  COMMENT ON FUNCTION zakops.note_publishing_term IS 'Notes which worker publishes from which position on.';
  REVOKE ALL ON FUNCTION zakops.note_publishing_term() FROM PUBLIC`;

const TERM_TRIGGER = `
  DO $do$ BEGIN
    SET LOCAL lock_timeout = '5s';
    CREATE OR REPLACE TRIGGER event_log_head_term AFTER UPDATE OF fence ON zakops.event_log_head
      FOR EACH ROW WHEN (NEW.fence <> OLD.fence) EXECUTE FUNCTION zakops.note_publishing_term();
  END $do$`;
