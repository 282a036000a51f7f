import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Dead tickets get an index of their own. Every claim reads all tickets that hold others back, and every heartbeat all that are being
 * processed: beside 100,000 dead ones in the same index, that cost 30 ms each time.
 */
export class HeldTickets0000000000006 implements MigrationInterface {
  readonly name = 'HeldTickets0000000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX outbox_active_idx ON zakops.outbox (consumer, stream, ordinal) WHERE status IN ('processing', 'failed');
      CREATE INDEX outbox_dead_stream_idx ON zakops.outbox (consumer, stream, ordinal) WHERE status = 'dead';
      DROP INDEX zakops.outbox_held_idx;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX outbox_held_idx ON zakops.outbox (consumer, stream, ordinal) WHERE status IN ('processing', 'failed', 'dead');
      DROP INDEX zakops.outbox_active_idx, zakops.outbox_dead_stream_idx;
    `);
  }
}
