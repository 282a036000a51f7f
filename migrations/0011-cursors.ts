import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Consumers follow the log by a cursor, and only what fails has a ticket. See docs/adr/0015-cursors.md.
 *
 * @remarks The first half of two steps. Version 0.3 still runs on this schema: it finds `zakops.outbox` as a view that can be written, and
 * the triggers below turn what it writes into the new tables. The second step, in a later version, removes the triggers,
 * `outbox_history`, `inbox`, and `event_log_head.position`.
 */
// expand-contract: removed outbox.outbox_dead_idx: a view has no indexes, and version 0.3 inserts into outbox without ON CONFLICT
// expand-contract: removed outbox.outbox_pk: a view has no indexes, and version 0.3 inserts into outbox without ON CONFLICT
// expand-contract: constraint-added consumer_progress.consumer_progress_state_check: it checks a new column, which version 0.3 never writes
export class Cursors0000000000011 implements MigrationInterface {
  readonly name = 'Cursors0000000000011';
  /** What `down` gives back to the tables of before: tickets, what waits, the log's name; and cursors, as tickets of what is after them. */
  readonly carriedOver = [
    'outbox_history',
    'outbox_tickets',
    'outbox_waiting',
    'event_log_epoch',
    'worker_leases.unclean_ends',
    ...COLUMNS_OF_PROGRESS.map((column) => `consumer_progress.${column}`),
  ];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LOCKS);
    await runner.query(TABLES);
    await runner.query(PROGRESS);
    await runner.query(VIEW);
    await runner.query(VERSION_0_3);
    await runner.query(EPOCH);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER event_log_head_epoch ON zakops.event_log_head;
      DROP FUNCTION zakops.copy_log_epoch();
      DROP TABLE zakops.event_log_epoch;
      DROP TRIGGER worker_leases_version_0_3 ON zakops.worker_leases;
      DROP FUNCTION zakops.lease_for_version_0_3();
      SELECT zakops.give_tickets_to_unread();
      DROP VIEW zakops.outbox;
      DROP FUNCTION zakops.write_outbox_view();
      ALTER TABLE zakops.outbox_history RENAME TO outbox;
      COMMENT ON TABLE zakops.outbox IS 'One row is one delivery ticket: an event and the consumer that is to have it.';
      ALTER SEQUENCE zakops.outbox_ordinal_seq OWNED BY zakops.outbox.ordinal;
      INSERT INTO zakops.outbox (event_id, consumer, ordinal, event_type, stream, status, attempts, replay_count, due_at, created_at, owner,
                                 lease_until, fence, reason_code, last_error, first_failed_at, last_attempt_at, delivered_at)
      SELECT event_id, consumer, ordinal, event_type, stream, status, attempts, replay_count, coalesce(due_at, now()), created_at, owner,
             lease_until, fence, reason_code, last_error, first_failed_at, last_attempt_at, delivered_at
        FROM zakops.outbox_tickets;
      INSERT INTO zakops.outbox (event_id, consumer, ordinal, event_type, stream)
      SELECT w.event_id, 'log', w.ordinal, e.type, w.stream FROM zakops.outbox_waiting w JOIN zakops.events e ON e.id = w.event_id;
      INSERT INTO zakops.outbox (event_id, consumer, event_type, stream, status, attempts, delivered_at)
      SELECT l.event_id, 'log', e.type, zakops.stream_of(e.aggregate_type, e.aggregate_id), 'delivered', 1, l.published_at
        FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id ORDER BY l.position
      ON CONFLICT DO NOTHING;
      TRUNCATE zakops.outbox_tickets, zakops.outbox_waiting;
      DROP TABLE zakops.outbox_tickets, zakops.outbox_waiting;
      DROP FUNCTION zakops.give_tickets_to_unread(), zakops.make_first_tickets_due(), zakops.promote_waiting(text, bigint[], text);
      COMMENT ON TABLE zakops.consumer_progress IS 'Counts delivered tickets, so that statistics need not count the table.';
      ALTER TABLE zakops.consumer_progress ${COLUMNS_OF_PROGRESS.map((column) => `DROP COLUMN ${column}`).join(', ')};
      DROP FUNCTION zakops.log_position();
      ALTER TABLE zakops.worker_leases DROP COLUMN unclean_ends;
      CREATE UNIQUE INDEX outbox_dead_idx ON zakops.outbox (zakops.ticket_id(event_id, consumer)) WHERE status = 'dead';
      CREATE INDEX outbox_dead_order_idx
        ON zakops.outbox ((coalesce(last_attempt_at, created_at)), (zakops.ticket_id(event_id, consumer))) WHERE status = 'dead';
      CREATE INDEX outbox_due_idx ON zakops.outbox (consumer, ordinal) WHERE status IN ('pending', 'failed');
      CREATE INDEX outbox_active_idx ON zakops.outbox (consumer, stream, ordinal) WHERE status IN ('processing', 'failed');
      CREATE INDEX outbox_dead_stream_idx ON zakops.outbox (consumer, stream, ordinal) WHERE status = 'dead';
    `);
  }
}

const COLUMNS_OF_PROGRESS = [
  'state',
  'pattern',
  'blocking_types',
  'position',
  'started_after',
  'fence',
  'changes',
  'in_hand',
  'by_tickets',
  'registered_at',
];

/**
 * All that running processes use, by one statement before anything else. One after the other in the course of the migration they would be
 * waited for crosswise: version 0.3 looks at the lease first and at the tickets then, and the other way round.
 */
const LOCKS = `LOCK TABLE zakops.worker_leases, zakops.event_log_head, zakops.outbox, zakops.consumer_progress IN ACCESS EXCLUSIVE MODE`;

/** What waits is moved, which is little; what was delivered stays in the old table, which is renamed and goes with its retention. */
const TABLES = `
  CREATE TABLE zakops.outbox_waiting (
    ordinal  bigint NOT NULL DEFAULT nextval('zakops.outbox_ordinal_seq') CONSTRAINT outbox_waiting_pk PRIMARY KEY,
    event_id uuid   NOT NULL,
    stream   bigint NOT NULL
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0);
  COMMENT ON TABLE zakops.outbox_waiting IS 'One row is one committed event that waits for its position. Publishing removes it.';
  COMMENT ON COLUMN zakops.outbox_waiting.ordinal IS 'The order of publishing: drawn right before the commit.';
  COMMENT ON COLUMN zakops.outbox_waiting.stream IS 'Hash of the aggregate: events of one stream are published in order.';

  CREATE TABLE zakops.outbox_tickets (
    event_id        uuid        NOT NULL,
    consumer        text        NOT NULL,
    ordinal         bigint      NOT NULL,
    event_type      text        NOT NULL,
    stream          bigint      NOT NULL,
    status          text        NOT NULL DEFAULT 'pending'
                    CONSTRAINT outbox_tickets_status_check CHECK (status IN ('pending', 'processing', 'delivered', 'failed', 'dead')),
    attempts        smallint    NOT NULL DEFAULT 0,
    replay_count    smallint    NOT NULL DEFAULT 0,
    due_at          timestamptz DEFAULT now(),
    created_at      timestamptz NOT NULL DEFAULT now(),
    owner           text,
    lease_until     timestamptz,
    fence           bigint,
    reason_code     text,
    last_error      text,
    first_failed_at timestamptz,
    last_attempt_at timestamptz,
    delivered_at    timestamptz,
    CONSTRAINT outbox_tickets_pk PRIMARY KEY (event_id, consumer)
  );
  COMMENT ON TABLE zakops.outbox_tickets IS 'One row is one ticket: an event that a consumer could not take, or that waits behind one of its aggregate.';
  COMMENT ON COLUMN zakops.outbox_tickets.ordinal IS 'The position of the event in the log.';
  COMMENT ON COLUMN zakops.outbox_tickets.due_at IS 'When the ticket is delivered next; null while it waits behind an earlier ticket of its stream.';
  COMMENT ON COLUMN zakops.outbox_tickets.fence IS 'The fencing number of the worker that has the ticket in processing.';
  COMMENT ON COLUMN zakops.outbox_tickets.owner IS 'Written by version 0.3 only, like lease_until.';

  INSERT INTO zakops.outbox_waiting (ordinal, event_id, stream)
  SELECT ordinal, event_id, stream FROM zakops.outbox WHERE consumer = 'log' AND status IN ('pending', 'failed');
  INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, replay_count, due_at, created_at,
                                     owner, lease_until, fence, reason_code, last_error, first_failed_at, last_attempt_at)
  SELECT event_id, consumer, ordinal, event_type, stream, status, attempts, replay_count, due_at, created_at,
         owner, lease_until, fence, reason_code, last_error, first_failed_at, last_attempt_at
    FROM zakops.outbox WHERE status IN ('pending', 'processing', 'failed') AND consumer <> 'log';
  INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, replay_count, due_at, created_at,
                                     owner, lease_until, fence, reason_code, last_error, first_failed_at, last_attempt_at)
  SELECT event_id, consumer, ordinal, event_type, stream, status, attempts, replay_count, due_at, created_at,
         owner, lease_until, fence, reason_code, last_error, first_failed_at, last_attempt_at
    FROM zakops.outbox WHERE status = 'dead';
  DELETE FROM zakops.outbox WHERE status IN ('pending', 'failed');
  DELETE FROM zakops.outbox WHERE status = 'processing';
  DELETE FROM zakops.outbox WHERE status = 'dead';
  ALTER TABLE zakops.outbox RENAME TO outbox_history;
  ALTER SEQUENCE zakops.outbox_ordinal_seq OWNED BY zakops.outbox_waiting.ordinal;
  DROP INDEX zakops.outbox_due_idx, zakops.outbox_active_idx, zakops.outbox_dead_stream_idx, zakops.outbox_dead_idx,
             zakops.outbox_dead_order_idx;
  COMMENT ON TABLE zakops.outbox_history IS 'Tickets that versions before 0.4 delivered. Nothing reads or writes them; retention removes them.';

  CREATE INDEX outbox_tickets_due_idx ON zakops.outbox_tickets (consumer, due_at) WHERE status IN ('pending', 'failed') AND due_at IS NOT NULL;
  CREATE INDEX outbox_tickets_processing_idx ON zakops.outbox_tickets (consumer) WHERE status = 'processing';
  CREATE INDEX outbox_tickets_stream_idx ON zakops.outbox_tickets (consumer, stream, ordinal) WHERE status <> 'delivered';
  CREATE UNIQUE INDEX outbox_tickets_dead_idx ON zakops.outbox_tickets (zakops.ticket_id(event_id, consumer)) WHERE status = 'dead';
  CREATE INDEX outbox_tickets_dead_order_idx
    ON zakops.outbox_tickets ((coalesce(last_attempt_at, created_at)), (zakops.ticket_id(event_id, consumer))) WHERE status = 'dead';
  CREATE INDEX outbox_tickets_dead_stream_idx ON zakops.outbox_tickets (consumer, stream, ordinal) WHERE status = 'dead';
  CREATE INDEX outbox_tickets_delivered_idx ON zakops.outbox_tickets (delivered_at) WHERE status = 'delivered';

  CREATE FUNCTION zakops.promote_waiting(of_consumer text, streams bigint[], blocking text) RETURNS integer LANGUAGE sql
    SET enable_seqscan = off AS $$
    WITH next AS MATERIALIZED (
      SELECT first.event_id
        FROM unnest(streams) AS s(stream)
        CROSS JOIN LATERAL (
          SELECT t.event_id, t.status, t.due_at FROM zakops.outbox_tickets t
           WHERE t.consumer = of_consumer AND t.stream = s.stream AND t.status <> 'delivered' AND (t.status <> 'dead' OR t.event_type ~ blocking)
           ORDER BY t.ordinal LIMIT 1) AS first
       WHERE first.status = 'pending' AND first.due_at IS NULL
    ), promoted AS (
      UPDATE zakops.outbox_tickets SET due_at = now()
       WHERE consumer = of_consumer AND status = 'pending' AND event_id = ANY (ARRAY (SELECT event_id FROM next))
      RETURNING 1
    )
    SELECT count(*)::integer FROM promoted
  $$;
  COMMENT ON FUNCTION zakops.promote_waiting IS 'Makes the first ticket of each stream due when it waits behind nothing any more.';`;

/** One row a consumer: how far it has come, and by which worker. */
const PROGRESS = `
  CREATE FUNCTION zakops.log_position() RETURNS bigint LANGUAGE sql STABLE
    RETURN coalesce((SELECT max(position) FROM zakops.event_log), 0);
  COMMENT ON FUNCTION zakops.log_position IS 'The last position of the log; 0 before the first.';

  ALTER TABLE zakops.consumer_progress
    ADD COLUMN state          text    NOT NULL DEFAULT 'registered'
      CONSTRAINT consumer_progress_state_check CHECK (state IN ('registered', 'active', 'removed')),
    ADD COLUMN pattern        text,
    ADD COLUMN blocking_types text,
    ADD COLUMN position       bigint  NOT NULL DEFAULT zakops.log_position(),
    ADD COLUMN started_after  bigint  NOT NULL DEFAULT 0,
    ADD COLUMN fence          bigint  NOT NULL DEFAULT 0,
    ADD COLUMN changes        bigint  NOT NULL DEFAULT 0,
    ADD COLUMN in_hand        bigint,
    ADD COLUMN by_tickets     boolean NOT NULL DEFAULT true,
    ADD COLUMN registered_at  timestamptz NOT NULL DEFAULT now();
  COMMENT ON TABLE zakops.consumer_progress IS 'One row is one consumer: what it wants, how far it has come, how much it was given.';
  COMMENT ON COLUMN zakops.consumer_progress.state IS 'registered: no worker of this version has run it yet; active: it is followed; removed by an administrator.';
  COMMENT ON COLUMN zakops.consumer_progress.pattern IS 'Regular expression of the event types that it wants; null when only version 0.3 knows it.';
  COMMENT ON COLUMN zakops.consumer_progress.blocking_types IS 'Regular expression of the event types whose dead ticket holds back later ones of its stream; null for none.';
  COMMENT ON COLUMN zakops.consumer_progress.position IS 'The cursor: every event up to it was delivered or has a ticket.';
  COMMENT ON COLUMN zakops.consumer_progress.started_after IS 'The position after which the consumer began.';
  COMMENT ON COLUMN zakops.consumer_progress.fence IS 'The fencing number of the worker that may move the cursor.';
  COMMENT ON COLUMN zakops.consumer_progress.changes IS 'Grows when somebody else than the worker changes tickets of this consumer: a redrive, a discard.';
  COMMENT ON COLUMN zakops.consumer_progress.in_hand IS 'The position that a careful worker has handed to the consumer. Left behind by a crash.';
  COMMENT ON COLUMN zakops.consumer_progress.by_tickets IS 'True while a worker of version 0.3 delivers to this consumer, by a ticket for each event.';

  ALTER TABLE zakops.worker_leases ADD COLUMN unclean_ends integer NOT NULL DEFAULT 0;
  COMMENT ON COLUMN zakops.worker_leases.unclean_ends IS 'How many workers in a row held the lease for less than a minute and did not give it back.';

  CREATE FUNCTION zakops.give_tickets_to_unread() RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    head bigint;
  BEGIN
    PERFORM 1 FROM zakops.consumer_progress ORDER BY consumer FOR UPDATE;
    head := zakops.log_position();
    INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream)
    SELECT l.event_id, p.consumer, l.position, e.type, zakops.stream_of(e.aggregate_type, e.aggregate_id)
      FROM zakops.consumer_progress p
      JOIN zakops.event_log l ON l.position > p.position AND l.position <= head
      JOIN zakops.events e ON e.id = l.event_id AND e.type ~ p.pattern
     WHERE p.state <> 'removed'
     ORDER BY l.position
    ON CONFLICT DO NOTHING;
    UPDATE zakops.consumer_progress SET position = head, in_hand = NULL, changes = changes + 1 WHERE state <> 'removed';
  END $$;
  COMMENT ON FUNCTION zakops.give_tickets_to_unread IS
    'Moves every cursor to the end of the log and gives tickets to what it had not reached. For a change between this version and 0.3.';

  CREATE FUNCTION zakops.make_first_tickets_due() RETURNS void LANGUAGE sql AS $$
    WITH standing AS MATERIALIZED (
      SELECT t.consumer, t.event_id, t.status = 'pending' AS is_pending, t.due_at IS NOT NULL AS is_due,
             count(*) FILTER (WHERE t.status <> 'dead' OR t.event_type ~ p.blocking_types)
               OVER (PARTITION BY t.consumer, t.stream ORDER BY t.ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) = 0 AS is_first
        FROM zakops.outbox_tickets t JOIN zakops.consumer_progress p ON p.consumer = t.consumer
       WHERE t.status <> 'delivered'
    )
    UPDATE zakops.outbox_tickets t SET due_at = CASE WHEN s.is_first THEN now() END
      FROM standing s
     WHERE s.is_pending AND s.is_due <> s.is_first AND t.consumer = s.consumer AND t.event_id = s.event_id AND t.status = 'pending'
  $$;
  COMMENT ON FUNCTION zakops.make_first_tickets_due IS
    'Makes the first ticket of each stream due, and has the others wait behind it, which version 0.3 does not know. For a change from 0.3.';`;

/**
 * The runbook's query, and every other that reads the outbox, by one view.
 *
 * @remarks Version 0.3 writes tickets by their `ctid`. So what waits has one that no table has, and events of the log have one that may be
 * a ticket's too: the planner then knows how few they are, and the trigger below writes to none of them.
 */
const VIEW = `
  CREATE VIEW zakops.outbox AS
    SELECT ('(' || (2147483648 + w.ordinal / 60000)::text || ',' || (1 + w.ordinal % 60000)::text || ')')::tid AS ctid,
           w.event_id, 'log'::text AS consumer, w.ordinal, e.type AS event_type, w.stream, 'pending'::text AS status,
           0::smallint AS attempts, 0::smallint AS replay_count, e.occurred_at AS due_at, e.occurred_at AS created_at, NULL::text AS owner,
           NULL::timestamptz AS lease_until, NULL::bigint AS fence, NULL::text AS reason_code, NULL::text AS last_error,
           NULL::timestamptz AS first_failed_at, NULL::timestamptz AS last_attempt_at, NULL::timestamptz AS delivered_at
      FROM zakops.outbox_waiting w JOIN zakops.events e ON e.id = w.event_id
    UNION ALL
    SELECT t.ctid, t.event_id, t.consumer, t.ordinal, t.event_type, t.stream, t.status, t.attempts, t.replay_count, t.due_at, t.created_at,
           t.owner, t.lease_until, t.fence, t.reason_code, t.last_error, t.first_failed_at, t.last_attempt_at, t.delivered_at
      FROM zakops.outbox_tickets t
    UNION ALL
    SELECT l.ctid, l.event_id, p.consumer, l.position, e.type, zakops.stream_of(e.aggregate_type, e.aggregate_id), 'pending',
           0::smallint, 0::smallint, l.published_at, l.published_at, NULL, NULL, NULL::bigint, NULL, NULL, NULL, NULL, NULL
      FROM zakops.consumer_progress p
      JOIN zakops.event_log l ON l.position > p.position
      JOIN zakops.events e ON e.id = l.event_id AND e.type ~ p.pattern
     WHERE p.state = 'active' AND NOT p.by_tickets
    UNION ALL
    SELECT l.ctid, l.event_id, 'log', l.position, NULL, NULL::bigint, 'delivered',
           1::smallint, 0::smallint, l.published_at, l.published_at, NULL, NULL, NULL::bigint, NULL, NULL, NULL, NULL, l.published_at
      FROM zakops.event_log l;
  COMMENT ON VIEW zakops.outbox IS
    'What is still to do and what was done: events that wait for publication, tickets, events that a consumer has not reached, published events.';`;

/** Lets version 0.3 write the view, and take over the lease; the next version removes all of this. */
const VERSION_0_3 = `
  CREATE FUNCTION zakops.write_outbox_view() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      IF NEW.consumer = 'log' THEN
        INSERT INTO zakops.outbox_waiting (event_id, stream) VALUES (NEW.event_id, NEW.stream);
      ELSE
        INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, replay_count, due_at,
                                           created_at, owner, lease_until, fence, reason_code, last_error, first_failed_at,
                                           last_attempt_at, delivered_at)
        VALUES (NEW.event_id, NEW.consumer, NEW.ordinal, NEW.event_type, NEW.stream, coalesce(NEW.status, 'pending'),
                coalesce(NEW.attempts, 0), coalesce(NEW.replay_count, 0), coalesce(NEW.due_at, now()), coalesce(NEW.created_at, now()),
                NEW.owner, NEW.lease_until, NEW.fence, NEW.reason_code, NEW.last_error, NEW.first_failed_at, NEW.last_attempt_at,
                NEW.delivered_at);
      END IF;
      RETURN NEW;
    END IF;
    IF OLD.consumer = 'log' THEN
      IF OLD.status <> 'pending' THEN RETURN NULL; END IF;
      IF TG_OP = 'DELETE' OR NEW.status = 'delivered' THEN
        DELETE FROM zakops.outbox_waiting WHERE ordinal = OLD.ordinal;
      ELSE
        UPDATE zakops.outbox_waiting SET stream = stream WHERE ordinal = OLD.ordinal;
      END IF;
    ELSIF TG_OP = 'DELETE' THEN
      DELETE FROM zakops.outbox_tickets
       WHERE event_id = OLD.event_id AND consumer = OLD.consumer AND status = OLD.status AND attempts = OLD.attempts;
    ELSE
      UPDATE zakops.outbox_tickets
         SET status = NEW.status, attempts = NEW.attempts, replay_count = NEW.replay_count, due_at = NEW.due_at, owner = NEW.owner,
             lease_until = NEW.lease_until, fence = NEW.fence, reason_code = NEW.reason_code, last_error = NEW.last_error,
             first_failed_at = NEW.first_failed_at, last_attempt_at = NEW.last_attempt_at, delivered_at = NEW.delivered_at
       WHERE event_id = OLD.event_id AND consumer = OLD.consumer AND status = OLD.status AND attempts = OLD.attempts
         AND fence IS NOT DISTINCT FROM OLD.fence;
    END IF;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF OLD.consumer <> 'log' AND OLD.status = 'dead' THEN
      UPDATE zakops.consumer_progress SET changes = changes + 1 WHERE consumer = OLD.consumer;
      IF TG_OP = 'DELETE' THEN
        PERFORM zakops.promote_waiting(OLD.consumer, ARRAY[OLD.stream],
                                       (SELECT blocking_types FROM zakops.consumer_progress WHERE consumer = OLD.consumer));
      END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
  END $$;
  COMMENT ON FUNCTION zakops.write_outbox_view IS 'Turns what version 0.3 writes to zakops.outbox into the tables behind it.';
  CREATE TRIGGER outbox_version_0_3 INSTEAD OF INSERT OR UPDATE OR DELETE ON zakops.outbox
    FOR EACH ROW EXECUTE FUNCTION zakops.write_outbox_view();

  CREATE FUNCTION zakops.lease_for_version_0_3() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    -- A worker of version 0.3 has made tickets of all that it published. A ticket that was purged since must not come again.
    UPDATE zakops.consumer_progress SET position = zakops.log_position()
     WHERE by_tickets AND state <> 'removed' AND OLD.report -> 'consumers' ? consumer;
    -- Workers that follow the log by cursors say so in the transaction that takes the lease.
    IF current_setting('zakops.follows_by', true) = 'cursor' THEN
      -- Each claim of version 0.3 holds a share of this row: what is being claimed is claimed when this is done, and nothing more later.
      UPDATE zakops.worker_leases SET fence = NEW.fence WHERE name = 'outbox-claims';
      RETURN NULL;
    END IF;
    PERFORM zakops.give_tickets_to_unread();
    UPDATE zakops.consumer_progress SET by_tickets = true, fence = NEW.fence WHERE state <> 'removed';
    RETURN NULL;
  END $$;
  COMMENT ON FUNCTION zakops.lease_for_version_0_3 IS 'Leaves a worker of version 0.3 a ticket for everything that no consumer has reached.';
  CREATE TRIGGER worker_leases_version_0_3 AFTER UPDATE OF owner ON zakops.worker_leases
    FOR EACH ROW WHEN (NEW.name = 'outbox' AND NEW.fence <> OLD.fence) EXECUTE FUNCTION zakops.lease_for_version_0_3();`;

/** The name of the log where it is read without a look at every version of the row that changes with each batch. */
const EPOCH = `
  CREATE TABLE zakops.event_log_epoch (
    only_row boolean NOT NULL DEFAULT true CONSTRAINT event_log_epoch_pk PRIMARY KEY CONSTRAINT event_log_epoch_one_row CHECK (only_row),
    epoch    text    NOT NULL
  );
  INSERT INTO zakops.event_log_epoch (epoch) SELECT epoch FROM zakops.event_log_head;
  COMMENT ON TABLE zakops.event_log_epoch IS 'The name of the log, as event_log_head has it. Read often and changed hardly ever.';
  CREATE FUNCTION zakops.copy_log_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE zakops.event_log_epoch SET epoch = NEW.epoch;
    RETURN NULL;
  END $$;
  CREATE TRIGGER event_log_head_epoch AFTER UPDATE OF epoch ON zakops.event_log_head
    FOR EACH ROW EXECUTE FUNCTION zakops.copy_log_epoch();`;
