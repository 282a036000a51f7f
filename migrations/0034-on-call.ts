import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The role `oncall`: operates the system, without people and without removing in bulk.
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
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE zakops.operators SET role = 'viewer' WHERE role = 'oncall';
      ALTER TABLE zakops.operators DROP CONSTRAINT operators_role_check;
      ALTER TABLE zakops.operators ADD CONSTRAINT operators_role_check CHECK (role IN ('admin', 'analyst', 'viewer'));
    `);
  }
}
