import type { MigrationInterface, QueryRunner } from 'typeorm';

// Version 0.4.0 notes the origin as a row of zakops.worker_leases and looks at that row every half second. It goes on beside this schema and
// may come back after a rollback. Two notes would drift apart, and the older one would give the log a new epoch later without a cause, which
// resets all streams. So there is one note. Version 0.4.0 finds no row and inserts it with every look; this trigger compares in its place.
const FOR_VERSION_0_4 = `
  CREATE FUNCTION zakops.compare_log_origin() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM FROM zakops.event_log_head, zakops.event_log_epoch AS e WHERE e.origin <> NEW.owner FOR UPDATE;
    IF FOUND THEN
      UPDATE zakops.event_log_head SET epoch = substr(replace(gen_random_uuid()::text, '-', ''), 1, 12);
    END IF;
    UPDATE zakops.event_log_epoch SET origin = NEW.owner WHERE origin IS DISTINCT FROM NEW.owner;
    RETURN NULL;
  END $$;
  COMMENT ON FUNCTION zakops.compare_log_origin IS 'Gives the log another epoch when version 0.4.0 finds it at another origin.';
  CREATE TRIGGER worker_leases_version_0_4 BEFORE INSERT ON zakops.worker_leases
    FOR EACH ROW WHEN (NEW.name = 'log-origin') EXECUTE FUNCTION zakops.compare_log_origin()`;

/** The origin of the log moves from the leases, of which it is none, to the epoch that it belongs to. */
export class LogOrigin0000000000020 implements MigrationInterface {
  readonly name = 'LogOrigin0000000000020';
  readonly carriedOver = ['event_log_epoch.origin'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      LOCK TABLE zakops.worker_leases IN SHARE ROW EXCLUSIVE MODE;
      ALTER TABLE zakops.event_log_epoch ADD COLUMN origin text;
      COMMENT ON COLUMN zakops.event_log_epoch.origin IS
        'The server, timeline and table on which the log got its epoch. Null until a worker has looked.';
      UPDATE zakops.event_log_epoch SET origin = (SELECT owner FROM zakops.worker_leases WHERE name = 'log-origin');
      DELETE FROM zakops.worker_leases WHERE name = 'log-origin';
    `);
    await runner.query(FOR_VERSION_0_4);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER worker_leases_version_0_4 ON zakops.worker_leases;
      DROP FUNCTION zakops.compare_log_origin();
      INSERT INTO zakops.worker_leases (name, owner) SELECT 'log-origin', origin FROM zakops.event_log_epoch WHERE origin IS NOT NULL;
      ALTER TABLE zakops.event_log_epoch DROP COLUMN origin;
    `);
  }
}
