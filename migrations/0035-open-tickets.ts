import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';

const IS_OPEN = `status IN ('pending', 'processing', 'failed')`;

/** Open tickets are listed in the order of the log, and found by their id. Outside of a transaction, so that workers go on meanwhile. */
export class OpenTickets0000000000035 implements MigrationInterface {
  readonly name = 'OpenTickets0000000000035';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildIndex(runner, 'outbox_tickets_open_idx', `zakops.outbox_tickets (status, consumer, ordinal, event_type) WHERE ${IS_OPEN}`);
    await buildIndex(runner, 'outbox_tickets_open_id_idx', `zakops.outbox_tickets (zakops.ticket_id(event_id, consumer)) WHERE ${IS_OPEN}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX zakops.outbox_tickets_open_id_idx, zakops.outbox_tickets_open_idx');
  }
}
