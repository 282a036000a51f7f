import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which sessions follow each other. */
export class AccessThatEnds0000000000019 implements MigrationInterface {
  readonly name = 'AccessThatEnds0000000000019';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE zakops.sessions ADD COLUMN lineage uuid;
      COMMENT ON COLUMN zakops.sessions.lineage IS
        'The first of a line of sessions, each of which replaced the one before; null while none was replaced.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE zakops.sessions DROP COLUMN lineage;
    `);
  }
}
