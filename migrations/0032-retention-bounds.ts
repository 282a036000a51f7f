import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Retention leaves what somebody still reads from the log, and may remove audit entries up to an anchor.
 *
 * @remarks `purge_events` keeps its name, so that a worker of the version before leaves it as well.
 */
export class RetentionBounds0000000000032 implements MigrationInterface {
  readonly name = 'RetentionBounds0000000000032';
  /** A claim lasts for minutes and keeps nothing that its reader does not ask for again. */
  readonly carriedOver = ['log_readers'];
  /** Where nothing was removed, the chain begins at its first link. */
  readonly brought = { audit_chain_start: 'position = 0' };

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
    await runner.query(purgeEvents(AND_READERS, AND_ARCHIVE));
    // A fifth of a large table, the default, is far more than a day of retention removes; indexes would carry it all along.
    await runner.query('ALTER TABLE zakops.events SET (autovacuum_vacuum_scale_factor = 0.05)');
    await runner.query('ALTER TABLE zakops.event_log SET (autovacuum_vacuum_scale_factor = 0.05)');
    await runner.query(AUDIT_START);
    await runner.query(refuseChange(BUT_PURGES));
    await runner.query(PURGE_AUDIT);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION zakops.purge_audit(interval, integer)');
    await runner.query(refuseChange(''));
    await runner.query('DROP TABLE zakops.audit_chain_start');
    await runner.query('ALTER TABLE zakops.event_log RESET (autovacuum_vacuum_scale_factor)');
    await runner.query('ALTER TABLE zakops.events RESET (autovacuum_vacuum_scale_factor)');
    await runner.query(purgeEvents('', ''));
    await runner.query('DROP TABLE zakops.log_readers');
  }
}

const AUDIT_START = `
  CREATE TABLE zakops.audit_chain_start (
    only_row  boolean NOT NULL DEFAULT true CONSTRAINT audit_chain_start_pk PRIMARY KEY CONSTRAINT audit_chain_start_one_row CHECK (only_row),
    position  bigint  NOT NULL,
    hash      bytea   NOT NULL CONSTRAINT audit_chain_start_hash_check CHECK (octet_length(hash) = 32),
    purged_at timestamptz
  );
  INSERT INTO zakops.audit_chain_start (position, hash) VALUES (0, decode(repeat('0', 64), 'hex'));
  COMMENT ON TABLE zakops.audit_chain_start IS 'The last link that retention has removed: one row. Its hash is that before the first link of the chain.';
  COMMENT ON COLUMN zakops.audit_chain_start.position IS 'No position up to this one is in the chain any more. Written by purge_audit; 0 before.';`;

const BUT_PURGES = `
          -- Set by purge_audit. The setting alone helps nobody: the run-time role has no right to remove these rows.
          IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN ('audit_log', 'audit_chain') AND current_setting('zakops.purges_audit', true) = 'on' THEN
            RETURN NULL;
          END IF;`;

/** The function of migration 0007, with an exception. */
function refuseChange(exception: string): string {
  return `
      CREATE OR REPLACE FUNCTION zakops.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN${exception}
          RAISE EXCEPTION '%.% is append only', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END $$;`;
}

// Anchors are rows that the run-time role may add, with any time. So link and entry have to be old themselves: an intruder removes no trace
// of today. Where a link is missing nothing more is removed: that is evidence.
const PURGE_AUDIT = `
  CREATE FUNCTION zakops.purge_audit(older_than interval, most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  DECLARE
    start    bigint;
    anchored bigint;
    upto     bigint;
    held     bigint;
    links    bigint;
    new_hash bytea;
  BEGIN
    IF older_than IS NULL OR older_than < interval '30 days' THEN
      RAISE EXCEPTION 'Audit entries are kept for 30 days at least.' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF most IS NULL OR most < 1 OR most > 5000 THEN
      RAISE EXCEPTION 'One call removes 1 to 5000 entries.' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT s.position INTO start FROM zakops.audit_chain_start s FOR UPDATE;
    SELECT a.position INTO anchored
      FROM zakops.audit_anchors a JOIN zakops.audit_chain c ON c.position = a.position AND c.hash = a.hash
     WHERE a.anchored_at < now() - older_than AND a.failures = '{}'
     ORDER BY a.id DESC LIMIT 1;
    upto := least(start + most, anchored, (SELECT c.position - 1 FROM zakops.audit_chain c ORDER BY c.position DESC LIMIT 1));
    IF anchored IS NULL OR upto <= start THEN RETURN 0; END IF;
    SELECT c.position - 1 INTO held FROM zakops.audit_chain c LEFT JOIN zakops.audit_log l ON l.id = c.entry_id
     WHERE c.position > start AND c.position <= upto AND (c.chained_at >= now() - older_than OR l.occurred_at >= now() - older_than)
     ORDER BY c.position LIMIT 1;
    upto := coalesce(held, upto);
    IF upto <= start THEN RETURN 0; END IF;
    SELECT count(*) INTO links FROM zakops.audit_chain c WHERE c.position > start AND c.position <= upto;
    SELECT c.hash INTO new_hash FROM zakops.audit_chain c WHERE c.position = upto;
    IF links <> upto - start OR new_hash IS NULL THEN RETURN 0; END IF;
    PERFORM set_config('zakops.purges_audit', 'on', true);
    WITH gone AS (
      DELETE FROM zakops.audit_chain c WHERE c.position > start AND c.position <= upto RETURNING c.entry_id
    )
    DELETE FROM zakops.audit_log WHERE id = ANY (ARRAY (SELECT g.entry_id FROM gone g));
    PERFORM set_config('zakops.purges_audit', '', true);
    UPDATE zakops.audit_chain_start SET position = upto, hash = new_hash, purged_at = now();
    RETURN upto - start;
  END $$;
  COMMENT ON FUNCTION zakops.purge_audit IS
    'Removes the oldest audit entries and their links: up to an anchor older than an interval, never the last link, and notes the hash of the last one.';
  REVOKE ALL ON FUNCTION zakops.purge_audit(interval, integer) FROM PUBLIC;`;

const AND_READERS = `,
          (SELECT min(r.position) FROM zakops.log_readers r WHERE r.until > now())`;

// A discarded dead letter can be restored as long as it is in the archive, and needs its event then.
const AND_ARCHIVE = `
        IF to_regclass('zakops.dead_letter_archive') IS NOT NULL THEN
          SELECT l.position - 1 INTO held FROM zakops.event_log l
           WHERE l.position BETWEEN first AND upto AND l.event_id IN (SELECT a.event_id FROM zakops.dead_letter_archive a)
           ORDER BY l.position LIMIT 1;
          upto := coalesce(held, upto);
          IF upto < first THEN RETURN 0; END IF;
        END IF;`;

/** The function of migration 0015, with one more bound and one more condition. */
function purgeEvents(bound: string, condition: string): string {
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
        IF upto < first THEN RETURN 0; END IF;${condition}
        WITH gone AS (
          DELETE FROM zakops.event_log l WHERE l.position BETWEEN first AND upto RETURNING l.event_id
        )
        DELETE FROM zakops.events WHERE id = ANY (ARRAY (SELECT g.event_id FROM gone g));
        GET DIAGNOSTICS purged = ROW_COUNT;
        UPDATE zakops.event_log_start SET position = upto;
        RETURN purged;
      END $$;`;
}
