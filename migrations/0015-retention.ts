import type { MigrationInterface, QueryRunner } from 'typeorm';

// expand-contract: index-locks outbox_tickets.outbox_tickets_delivered_consumer_idx: the table is new in this release, and holds only what failed
/** Lets the run-time role remove old events, by one function that keeps the rules, and finds tickets of removed consumers by an index. */
export class Retention0000000000015 implements MigrationInterface {
  readonly name = 'Retention0000000000015';
  /** It only says where the log begins. */
  readonly carriedOver = ['event_log_start'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE zakops.event_log_start (
        only_row boolean NOT NULL DEFAULT true CONSTRAINT event_log_start_pk PRIMARY KEY CONSTRAINT event_log_start_one_row CHECK (only_row),
        position bigint  NOT NULL
      );
      INSERT INTO zakops.event_log_start (position) SELECT coalesce(min(position) - 1, 0) FROM zakops.event_log;
      COMMENT ON TABLE zakops.event_log_start IS 'Where the log begins: one row.';
      COMMENT ON COLUMN zakops.event_log_start.position IS 'No position up to this one is in the log any more. Written by purge_events.';

      CREATE INDEX outbox_tickets_delivered_consumer_idx ON zakops.outbox_tickets (consumer) WHERE status = 'delivered';

      CREATE FUNCTION zakops.purge_events(older_than interval, most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
      DECLARE
        first  bigint;
        upto   bigint;
        held   bigint;
        purged bigint;
      BEGIN
        IF older_than IS NULL OR older_than < interval '1 day' THEN
          RAISE EXCEPTION 'Events are kept for a day at least.' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        IF most IS NULL OR most < 1 OR most > 5000 THEN
          RAISE EXCEPTION 'One call removes 1 to 5000 events.' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        -- One purge at a time, and none while a worker takes over: a new consumer may begin at the first position.
        PERFORM 1 FROM zakops.event_log_epoch FOR UPDATE;
        -- From the known start on: what was removed since the oldest snapshot is not read again.
        SELECT l.position INTO first FROM zakops.event_log l
         WHERE l.position > (SELECT s.position FROM zakops.event_log_start s) ORDER BY l.position LIMIT 1;
        IF first IS NULL THEN RETURN 0; END IF;
        upto := least(
          first + most - 1,
          (SELECT l.position - 1 FROM zakops.event_log l ORDER BY l.position DESC LIMIT 1),
          (SELECT min(p.position) FROM zakops.consumer_progress p WHERE p.state <> 'removed'));
        IF upto < first THEN RETURN 0; END IF;
        SELECT l.position - 1 INTO held FROM zakops.event_log l
         WHERE l.position BETWEEN first AND upto
           AND (l.published_at >= now() - older_than
                OR (SELECT t.event_id FROM zakops.outbox_tickets t WHERE t.event_id = l.event_id AND t.status <> 'delivered' LIMIT 1) IS NOT NULL)
         ORDER BY l.position LIMIT 1;
        upto := coalesce(held, upto);
        IF upto < first THEN RETURN 0; END IF;
        WITH gone AS (
          DELETE FROM zakops.event_log l WHERE l.position BETWEEN first AND upto RETURNING l.event_id
        )
        DELETE FROM zakops.events WHERE id = ANY (ARRAY (SELECT g.event_id FROM gone g));
        GET DIAGNOSTICS purged = ROW_COUNT;
        UPDATE zakops.event_log_start SET position = upto;
        RETURN purged;
      END $$;
      COMMENT ON FUNCTION zakops.purge_events IS
        'Removes the oldest events and their positions: older than an interval, behind every cursor, without open tickets, never the last position.';
      REVOKE ALL ON FUNCTION zakops.purge_events(interval, integer) FROM PUBLIC;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION zakops.purge_events(interval, integer);
      DROP INDEX zakops.outbox_tickets_delivered_consumer_idx;
      DROP TABLE zakops.event_log_start;
    `);
  }
}
