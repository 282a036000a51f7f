import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Retention leaves what somebody still reads from the log.
 *
 * @remarks `purge_events` keeps its name, so that a worker of the version before leaves it as well.
 */
export class LogReaders0000000000032 implements MigrationInterface {
  readonly name = 'LogReaders0000000000032';
  /** A claim lasts for minutes and keeps nothing that its reader does not ask for again. */
  readonly carriedOver = ['log_readers'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE zakops.log_readers (
        name     text        NOT NULL CONSTRAINT log_readers_pk PRIMARY KEY,
        position bigint      NOT NULL,
        until    timestamptz NOT NULL
      );
      COMMENT ON TABLE zakops.log_readers IS 'One row is one reader of the log for which retention keeps events: a replay. Consumers have consumer_progress.';
      COMMENT ON COLUMN zakops.log_readers.position IS 'The reader has read the log up to this position and needs what comes after it.';
      COMMENT ON COLUMN zakops.log_readers.until IS 'When the claim ends. A reader that is at work renews it; one that was killed does not.';
    `);
    await runner.query(purgeEvents(AND_READERS));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(purgeEvents(''));
    await runner.query('DROP TABLE zakops.log_readers');
  }
}

const AND_READERS = `,
          (SELECT min(r.position) FROM zakops.log_readers r WHERE r.until > now())`;

/** The function of migration 0015, with one more bound. */
function purgeEvents(bound: string): string {
  return `
      CREATE OR REPLACE FUNCTION zakops.purge_events(older_than interval, most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
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
          (SELECT min(p.position) FROM zakops.consumer_progress p WHERE p.state <> 'removed')${bound});
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
      END $$;`;
}
