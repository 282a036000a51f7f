import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The three tables that carry every event, and what the worker needs beside them. See docs/adr/0001-three-tables.md. */
export class EventLayer0000000000001 implements MigrationInterface {
  readonly name = 'EventLayer0000000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE zakops.events (
        id             uuid        NOT NULL CONSTRAINT events_pk PRIMARY KEY,
        type           text        NOT NULL,
        schema_version smallint    NOT NULL,
        aggregate_type text        NOT NULL,
        aggregate_id   text        NOT NULL,
        aggregate_seq  bigint      NOT NULL,
        data           jsonb       NOT NULL,
        correlation_id text        NOT NULL,
        causation_id   text,
        traceparent    text,
        actor          text        NOT NULL,
        occurred_at    timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX events_aggregate_idx ON zakops.events (aggregate_type, aggregate_id, aggregate_seq);
      CREATE INDEX events_correlation_idx ON zakops.events (correlation_id, id);
      COMMENT ON TABLE zakops.events IS 'One row is one thing that happened. Append only.';

      CREATE TABLE zakops.event_log (
        position     bigint      NOT NULL CONSTRAINT event_log_pk PRIMARY KEY,
        event_id     uuid        NOT NULL,
        published_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX event_log_event_idx ON zakops.event_log (event_id);
      COMMENT ON TABLE zakops.event_log IS 'One row is one position: 1, 2, 3 ... without a gap, given by the worker after the commit.';

      CREATE TABLE zakops.event_log_head (
        only_row boolean NOT NULL DEFAULT true CONSTRAINT event_log_head_pk PRIMARY KEY CONSTRAINT event_log_head_one_row CHECK (only_row),
        position bigint  NOT NULL DEFAULT 0,
        fence    bigint  NOT NULL DEFAULT 0,
        epoch    text    NOT NULL DEFAULT substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)
      );
      INSERT INTO zakops.event_log_head DEFAULT VALUES;
      COMMENT ON TABLE zakops.event_log_head IS 'The last position given, and the fencing number of the worker that may give the next.';
      COMMENT ON COLUMN zakops.event_log_head.epoch IS 'Names this log; another log, after a reset, has another epoch, so that old positions are not mistaken for new ones.';

      CREATE SEQUENCE zakops.outbox_ordinal_seq AS bigint;
      CREATE SEQUENCE zakops.outbox_fence_seq AS bigint;
      CREATE TABLE zakops.outbox (
        event_id        uuid        NOT NULL,
        consumer        text        NOT NULL,
        ordinal         bigint      NOT NULL DEFAULT nextval('zakops.outbox_ordinal_seq'),
        event_type      text        NOT NULL,
        stream          bigint      NOT NULL,
        status          text        NOT NULL DEFAULT 'pending'
                        CONSTRAINT outbox_status_check CHECK (status IN ('pending', 'processing', 'delivered', 'failed', 'dead')),
        attempts        smallint    NOT NULL DEFAULT 0,
        replay_count    smallint    NOT NULL DEFAULT 0,
        due_at          timestamptz NOT NULL DEFAULT now(),
        created_at      timestamptz NOT NULL DEFAULT now(),
        owner           text,
        lease_until     timestamptz,
        fence           bigint,
        reason_code     text,
        last_error      text,
        first_failed_at timestamptz,
        last_attempt_at timestamptz,
        delivered_at    timestamptz,
        CONSTRAINT outbox_pk PRIMARY KEY (event_id, consumer)
      );
      ALTER SEQUENCE zakops.outbox_ordinal_seq OWNED BY zakops.outbox.ordinal;
      CREATE INDEX outbox_due_idx ON zakops.outbox (consumer, ordinal) WHERE status IN ('pending', 'failed');
      -- Two indexes, because claims and heartbeats ask for the first all the time and must not read 100,000 dead tickets for it.
      CREATE INDEX outbox_active_idx ON zakops.outbox (consumer, stream, ordinal) WHERE status IN ('processing', 'failed');
      CREATE INDEX outbox_dead_stream_idx ON zakops.outbox (consumer, stream, ordinal) WHERE status = 'dead';
      COMMENT ON TABLE zakops.outbox IS 'One row is one delivery ticket: an event and the consumer that is to have it.';
      COMMENT ON COLUMN zakops.outbox.consumer IS '''log'' for publication; otherwise the name of a consumer.';
      COMMENT ON COLUMN zakops.outbox.ordinal IS 'The order within the consumer: of appending for ''log'', the position in the log for the others.';
      COMMENT ON COLUMN zakops.outbox.stream IS 'Hash of the aggregate: tickets of one stream are delivered in order.';

      CREATE TABLE zakops.outbox_attempts (
        event_id    uuid        NOT NULL,
        consumer    text        NOT NULL,
        replay      smallint    NOT NULL,
        attempt     smallint    NOT NULL,
        started_at  timestamptz NOT NULL,
        duration_ms integer     NOT NULL,
        reason_code text        NOT NULL,
        error       text        NOT NULL,
        CONSTRAINT outbox_attempts_pk PRIMARY KEY (event_id, consumer, replay, attempt)
      );
      COMMENT ON TABLE zakops.outbox_attempts IS 'One row is one failed attempt of a ticket.';

      CREATE TABLE zakops.inbox (
        consumer     text        NOT NULL,
        event_id     uuid        NOT NULL,
        processed_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT inbox_pk PRIMARY KEY (consumer, event_id)
      );
      COMMENT ON TABLE zakops.inbox IS 'What a consumer has already taken effect of; written in the transaction of that effect.';

      CREATE TABLE zakops.worker_leases (
        name         text        NOT NULL CONSTRAINT worker_leases_pk PRIMARY KEY,
        owner        text,
        fence        bigint      NOT NULL DEFAULT 0,
        acquired_at  timestamptz,
        heartbeat_at timestamptz,
        expires_at   timestamptz NOT NULL DEFAULT '-infinity',
        report       jsonb       NOT NULL DEFAULT '{}'
      );
      INSERT INTO zakops.worker_leases (name) VALUES ('outbox');
      COMMENT ON TABLE zakops.worker_leases IS 'Who is the active worker. The fencing number grows with every change of owner.';

      CREATE TABLE zakops.consumer_progress (
        consumer          text        NOT NULL CONSTRAINT consumer_progress_pk PRIMARY KEY,
        delivered         bigint      NOT NULL DEFAULT 0,
        last_delivered_at timestamptz
      );
      COMMENT ON TABLE zakops.consumer_progress IS 'Counts delivered tickets, so that statistics need not count the table.';

      CREATE FUNCTION zakops.stream_of(aggregate_type text, aggregate_id text) RETURNS bigint
        LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hashtextextended(aggregate_type || '/' || aggregate_id, 0);
      CREATE FUNCTION zakops.ticket_id(event_id uuid, consumer text) RETURNS uuid
        LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN md5(event_id::text || '/' || consumer)::uuid;
      CREATE UNIQUE INDEX outbox_dead_idx ON zakops.outbox (zakops.ticket_id(event_id, consumer)) WHERE status = 'dead';
      COMMENT ON FUNCTION zakops.ticket_id IS 'The id by which the dead letter queue names a ticket.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.outbox, zakops.outbox_attempts, zakops.inbox, zakops.events, zakops.event_log, zakops.event_log_head,
        zakops.worker_leases, zakops.consumer_progress;
      DROP SEQUENCE zakops.outbox_fence_seq;
      DROP FUNCTION zakops.stream_of(text, text), zakops.ticket_id(uuid, text);
    `);
  }
}
