import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What people on call need: orders to streams, and the role `oncall`: operates the system, without people and without removing in bulk.
 *
 * @remarks Version 0.4.0 refuses logins of operators with a role that it does not know. Give the role once every process runs the new version.
 */
export class OnCall0000000000034 implements MigrationInterface {
  readonly name = 'OnCall0000000000034';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET LOCAL lock_timeout = '5s';
      ALTER TABLE zakops.operators DROP CONSTRAINT operators_role_check;
      ALTER TABLE zakops.operators ADD CONSTRAINT operators_role_check CHECK (role IN ('admin', 'oncall', 'analyst', 'viewer'));

      CREATE TABLE zakops.stream_orders (
        id         bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT stream_orders_pk PRIMARY KEY,
        process_id text        NOT NULL,
        stream_id  uuid,
        count      integer,
        ordered_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT stream_orders_kind_check CHECK (num_nonnulls(stream_id, count) = 1)
      );
      CREATE INDEX stream_orders_process_idx ON zakops.stream_orders (process_id);
      COMMENT ON TABLE zakops.stream_orders IS 'One row asks an API process to end one event stream, or so many of its oldest.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.stream_orders;
      UPDATE zakops.operators SET role = 'viewer' WHERE role = 'oncall';
      ALTER TABLE zakops.operators DROP CONSTRAINT operators_role_check;
      ALTER TABLE zakops.operators ADD CONSTRAINT operators_role_check CHECK (role IN ('admin', 'analyst', 'viewer'));
    `);
  }
}
