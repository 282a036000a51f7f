import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which sessions follow each other, and from where operators logged in before. */
export class AccessThatEnds0000000000019 implements MigrationInterface {
  readonly name = 'AccessThatEnds0000000000019';

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
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.login_sources;
      ALTER TABLE zakops.sessions DROP COLUMN lineage;
    `);
  }
}
