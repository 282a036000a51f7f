import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What persons and keys did, append only, and the hash chain over it. */
export class AuditLog0000000000007 implements MigrationInterface {
  readonly name = 'AuditLog0000000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE zakops.audit_log (
        id            uuid        NOT NULL CONSTRAINT audit_log_pk PRIMARY KEY,
        occurred_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
        actor_type    text        NOT NULL,
        actor_id      text        NOT NULL,
        action        text        NOT NULL,
        resource_type text        NOT NULL,
        resource_id   text        NOT NULL,
        before        jsonb,
        after         jsonb,
        details       jsonb       NOT NULL DEFAULT '{}',
        address       text,
        user_agent    text,
        method        text,
        path          text,
        trace_id      text
      );
      COMMENT ON TABLE zakops.audit_log IS 'One row is one thing that a person or a key did, written in the transaction of what was done. Append only.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE zakops.audit_log;');
  }
}
