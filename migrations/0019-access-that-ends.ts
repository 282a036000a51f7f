import type { MigrationInterface, QueryRunner } from 'typeorm';

// The hash is that of docs/audit.md, "The canonical form". A chain that takes any link can be stopped for good by one at the last position,
// or discredited by one with a wrong hash, because nobody may remove it. Rows of one INSERT see those before them.
const CONTINUITY = `
  CREATE FUNCTION zakops.check_audit_link() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  DECLARE
    head_position bigint;
    head_hash     bytea;
    genuine       bytea;
  BEGIN
    SELECT c.position, c.hash INTO head_position, head_hash FROM zakops.audit_chain c ORDER BY c.position DESC LIMIT 1;
    IF NEW.position <> coalesce(head_position, 0) + 1 OR NEW.prev_hash <> coalesce(head_hash, decode(repeat('0', 64), 'hex')) THEN
      RAISE EXCEPTION 'A link of zakops.audit_chain has to follow the last one.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_chain_continuity';
    END IF;
    SELECT sha256(convert_to('["zakops-audit-1",' || NEW.position || ',' || (
      SELECT string_agg(coalesce(to_json(v)::text, 'null'), ',' ORDER BY n) FROM unnest(ARRAY[
        encode(NEW.prev_hash, 'hex'),
        to_char(NEW.chained_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || CASE WHEN NEW.chained_at < '0001-01-01Z' THEN ' BC' ELSE '' END,
        NEW.entry_id::text,
        to_char(l.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || CASE WHEN l.occurred_at < '0001-01-01Z' THEN ' BC' ELSE '' END,
        l.actor_type, l.actor_id, l.action, l.resource_type, l.resource_id, l.before::text, l.after::text, l.details::text, l.address,
        l.user_agent, l.method, l.path, l.trace_id
      ]) WITH ORDINALITY AS x(v, n)) || ']', 'UTF8')) INTO genuine
      FROM (SELECT 1) AS one LEFT JOIN zakops.audit_log l ON l.id = NEW.entry_id;
    IF NEW.hash <> genuine THEN
      RAISE EXCEPTION 'A link of zakops.audit_chain has to carry the hash of its entry.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_chain_continuity';
    END IF;
    RETURN NEW;
  END $$;
  COMMENT ON FUNCTION zakops.check_audit_link IS 'Takes the next genuine link of the chain and nothing else.';
  CREATE TRIGGER audit_chain_continuity BEFORE INSERT ON zakops.audit_chain FOR EACH ROW EXECUTE FUNCTION zakops.check_audit_link()`;

/** Which sessions follow each other, from where operators logged in before, and a chain of audit entries that takes genuine links only. */
export class AccessThatEnds0000000000019 implements MigrationInterface {
  readonly name = 'AccessThatEnds0000000000019';
  /** Both only help for a while: the next login is from a stranger, and a session that was just replaced reads on no more. */
  readonly carriedOver = ['login_sources', 'sessions.lineage'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE zakops.sessions ADD COLUMN lineage uuid;
      COMMENT ON COLUMN zakops.sessions.lineage IS
        'The first of a line of sessions, each of which replaced the one before. A session without one was never replaced.';

      CREATE TABLE zakops.login_sources (
        operator_id   uuid        NOT NULL CONSTRAINT login_sources_operator_fk REFERENCES zakops.operators ON DELETE CASCADE,
        source        bytea       NOT NULL CONSTRAINT login_sources_source_check CHECK (octet_length(source) = 32),
        failed_logins integer     NOT NULL DEFAULT 0,
        locked_until  timestamptz,
        last_used_at  timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT login_sources_pk PRIMARY KEY (operator_id, source)
      );
      CREATE INDEX login_sources_last_used_idx ON zakops.login_sources (last_used_at);
      COMMENT ON TABLE zakops.login_sources IS
        'One row is one browser, address or session of an operator. Its failed logins count apart from those of strangers.';
      COMMENT ON COLUMN zakops.login_sources.source IS 'SHA-256 of what it is, so that nobody reads from where somebody works.';
    `);
    await runner.query(CONTINUITY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER audit_chain_continuity ON zakops.audit_chain;
      DROP FUNCTION zakops.check_audit_link();
      DROP TABLE zakops.login_sources;
      ALTER TABLE zakops.sessions DROP COLUMN lineage;
    `);
  }
}
