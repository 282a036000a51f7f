import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came of the last comparison of the counters of delivered tickets with the tickets. */
export class DeliveredChecks0000000000010 implements MigrationInterface {
  readonly name = 'DeliveredChecks0000000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE zakops.delivered_checks (
        consumer   text        NOT NULL CONSTRAINT delivered_checks_pk PRIMARY KEY,
        checked_at timestamptz NOT NULL,
        counter    bigint      NOT NULL,
        counted    bigint      NOT NULL,
        corrected  boolean     NOT NULL
      );
      COMMENT ON TABLE zakops.delivered_checks IS 'One row is the last comparison of a consumer''s counter of delivered tickets with the tickets.';
      COMMENT ON COLUMN zakops.delivered_checks.counter IS 'What the counter said; of ''log'', the last position.';
      COMMENT ON COLUMN zakops.delivered_checks.counted IS 'Delivered tickets in the table in the same snapshot. Fewer than the counter says when some were purged.';
      COMMENT ON COLUMN zakops.delivered_checks.corrected IS 'Whether the counter was too small, and was raised.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE zakops.delivered_checks;
    `);
  }
}
