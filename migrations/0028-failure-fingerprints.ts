import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';

// Statements that wait for a table have all later ones wait behind them.
const COLUMNS = `
  DO $do$ BEGIN
    SET LOCAL lock_timeout = '5s';
    ALTER TABLE zakops.outbox_attempts
      ADD COLUMN IF NOT EXISTS number           integer,
      ADD COLUMN IF NOT EXISTS fingerprint      text,
      ADD COLUMN IF NOT EXISTS error_class      text,
      ADD COLUMN IF NOT EXISTS sql_state        text,
      ADD COLUMN IF NOT EXISTS table_name       text,
      ADD COLUMN IF NOT EXISTS constraint_name  text,
      ADD COLUMN IF NOT EXISTS frame            text,
      ADD COLUMN IF NOT EXISTS message          text,
      ADD COLUMN IF NOT EXISTS worker           text,
      ADD COLUMN IF NOT EXISTS event_trace_id   text,
      ADD COLUMN IF NOT EXISTS attempt_trace_id text;
    ALTER TABLE zakops.outbox_tickets ADD COLUMN IF NOT EXISTS fingerprint text;
  END $do$`;

const COMMENTS = `
  COMMENT ON COLUMN zakops.outbox_attempts.number IS 'Counts the attempts of a ticket from 1, over all redrives; null for those of version 0.4.0.';
  COMMENT ON COLUMN zakops.outbox_attempts.fingerprint IS 'What the failure has in common with others of its kind: fp1: and 16 hexadecimal digits.';
  COMMENT ON COLUMN zakops.outbox_attempts.table_name IS 'The table that a database error names, without its schema.';
  COMMENT ON COLUMN zakops.outbox_attempts.frame IS 'The first stack frame in code of a feature: function, file and line.';
  COMMENT ON COLUMN zakops.outbox_attempts.message IS 'The message with ids, numbers, quoted texts, addresses and instants replaced.';
  COMMENT ON COLUMN zakops.outbox_attempts.worker IS 'The process that made the attempt: host, process id and tag.';
  COMMENT ON COLUMN zakops.outbox_tickets.fingerprint IS
    'Of the last failure; null while a ticket waits or is delivered. fp0: for failures that version 0.4.0 wrote down.'`;

// Version 0.4.0 writes no fingerprint. Its failures are grouped by what it does write, without the numbers in the text.
const FALLBACK = `
  CREATE OR REPLACE FUNCTION zakops.give_fingerprint() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.fingerprint := 'fp0:' || left(encode(sha256(convert_to(concat_ws(E'\\n', NEW.consumer, NEW.event_type, NEW.reason_code,
      regexp_replace(NEW.last_error, '[0-9]+', '0', 'g')), 'UTF8')), 'hex'), 16);
    RETURN NEW;
  END $$;
  COMMENT ON FUNCTION zakops.give_fingerprint IS 'Gives a failed or dead ticket a fingerprint when its writer gave none.'`;

const TRIGGER = `
  DO $do$ BEGIN
    SET LOCAL lock_timeout = '5s';
    CREATE OR REPLACE TRIGGER outbox_tickets_fingerprint BEFORE INSERT OR UPDATE ON zakops.outbox_tickets
      FOR EACH ROW WHEN (NEW.fingerprint IS NULL AND NEW.status IN ('dead', 'failed')) EXECUTE FUNCTION zakops.give_fingerprint();
  END $do$`;

// The trigger does the work. Each portion is committed, so that nothing is locked for long; what others hold is tried again. One state at a
// time: each has an index of its own, and the table may hold millions of delivered tickets.
const fillOf = (status: 'dead' | 'failed'): string => `
  DO $$
  DECLARE
    filled integer;
    tries  integer := 0;
  BEGIN
    LOOP
      UPDATE zakops.outbox_tickets SET fingerprint = NULL
       WHERE ctid = ANY (ARRAY (SELECT ctid FROM zakops.outbox_tickets
                                 WHERE status = '${status}' AND fingerprint IS NULL LIMIT 2000 FOR UPDATE SKIP LOCKED));
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      CONTINUE WHEN filled > 0;
      EXIT WHEN tries >= 100 OR NOT EXISTS (SELECT FROM zakops.outbox_tickets WHERE status = '${status}' AND fingerprint IS NULL);
      tries := tries + 1;
      PERFORM pg_sleep(0.05);
    END LOOP;
  END $$`;

/** What a failed delivery says of itself, and the fingerprint by which failures are grouped. */
export class FailureFingerprints0000000000028 implements MigrationInterface {
  readonly name = 'FailureFingerprints0000000000028';
  /** Outside of a transaction, so that portions are committed and the index is built beside the traffic. It can be repeated when it was cut off. */
  readonly transaction = false;
  /** Made from other columns, and made again with the migration. */
  readonly carriedOver = ['outbox_tickets.fingerprint'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(COLUMNS);
    await runner.query(COMMENTS);
    await runner.query(FALLBACK);
    await runner.query(TRIGGER);
    await runner.query(fillOf('dead'));
    await runner.query(fillOf('failed'));
    await buildIndex(
      runner,
      'outbox_tickets_fingerprint_idx',
      `zakops.outbox_tickets (fingerprint, (coalesce(last_attempt_at, created_at))) WHERE status = 'dead'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX zakops.outbox_tickets_fingerprint_idx;
      DROP TRIGGER outbox_tickets_fingerprint ON zakops.outbox_tickets;
      DROP FUNCTION zakops.give_fingerprint();
      ALTER TABLE zakops.outbox_tickets DROP COLUMN fingerprint;
      ALTER TABLE zakops.outbox_attempts DROP COLUMN number, DROP COLUMN fingerprint, DROP COLUMN error_class, DROP COLUMN sql_state,
        DROP COLUMN table_name, DROP COLUMN constraint_name, DROP COLUMN frame, DROP COLUMN message, DROP COLUMN worker,
        DROP COLUMN event_trace_id, DROP COLUMN attempt_trace_id;
    `);
  }
}
