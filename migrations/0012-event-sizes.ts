import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets reads of the log be bounded by bytes without unpacking what they leave behind. */
export class EventSizes0000000000012 implements MigrationInterface {
  readonly name = 'EventSizes0000000000012';
  /** It only says how long another column is. */
  readonly carriedOver = ['events.data_bytes'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE zakops.events ADD COLUMN data_bytes integer;
      COMMENT ON COLUMN zakops.events.data_bytes IS 'Length of data as JSON text. Null in rows of versions before 0.4.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE zakops.events DROP COLUMN data_bytes;
    `);
  }
}
