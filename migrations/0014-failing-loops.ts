import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which loops of a process fail over and over, although the process lives and its loops go round. */
export class FailingLoops0000000000014 implements MigrationInterface {
  readonly name = 'FailingLoops0000000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE zakops.processes ADD COLUMN failing jsonb NOT NULL DEFAULT '[]';
      COMMENT ON COLUMN zakops.processes.failing IS
        'Its loops whose turns fail: [{ loop, since, failures, error }]. Empty while all is well. A restart is not the cure.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE zakops.processes DROP COLUMN failing;
    `);
  }
}
