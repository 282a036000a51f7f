import type { Database } from '#zakops/database';
import { createTestDatabase, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { WorkerLease } from '../lease/worker-lease.js';
import type { ClaimRequest } from './ticket.js';
import { TicketStore } from './ticket-store.js';

/** The part of the database that these classes use, on one connection. */
function asDatabase(client: { query(sql: string, parameters: unknown[]): Promise<{ rows: unknown[] }> }): Database {
  return { query: async (sql: string, parameters: readonly unknown[]) => (await client.query(sql, [...parameters])).rows } as Database;
}

describe(TicketStore.name, () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await database.drop();
  });

  it('lets no new active worker overtake a claim that is still under way', async () => {
    await database.query(
      `INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
       SELECT gen_random_uuid(), 'deal.updated', 1, 'deal', 'DEAL-000001', n, '{}', 'c', 'system:test' FROM generate_series(1, 2) n`,
    );
    await database.query(
      `INSERT INTO zakops.outbox (event_id, consumer, ordinal, event_type, stream) SELECT id, 'c', aggregate_seq, type, 1 FROM zakops.events`,
    );
    await database.query(`INSERT INTO zakops.consumer_progress (consumer) VALUES ('c')`);
    const [first, second] = [await database.connect(), await database.connect()];
    const request = (owner: string, workerFence: string, limit: number): ClaimRequest => ({
      consumer: 'c',
      limit,
      workerFence,
      owner,
      leaseMs: 60_000,
      blockOnDead: false,
    });
    const oldFence = (await new WorkerLease(asDatabase(first)).acquire('old')) ?? '';
    await first.query('BEGIN');
    const claim = await new TicketStore(asDatabase(first)).claim(request('old', oldFence, 1));
    expect(claim?.tickets.map(({ delivery }) => delivery.event.position)).toEqual([1]);
    await database.query(`UPDATE zakops.worker_leases SET expires_at = now() WHERE name = 'outbox'`);
    const takeover = new WorkerLease(asDatabase(second)).acquire('new');
    await waitFor('the new worker to wait', async () => {
      const rows = await database.query(
        `SELECT 1 AS one FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length === 1;
    });
    await first.query('COMMIT');
    const newFence = (await takeover) ?? '';
    const store = new TicketStore(asDatabase(second));
    expect(await store.claim(request('new', newFence, 10))).toBeUndefined();
    expect(await store.claim(request('old', oldFence, 10))).toBeUndefined();
    expect(await store.rescue(5, 'new')).toBe(1);
    const claimed = await store.claim(request('new', newFence, 10));
    expect(claimed?.tickets.map(({ delivery }) => delivery.event.position)).toEqual([1, 2]);
  });

  it('holds the stream of a ticket that somebody else has locked, and no other; overtakes none that was just redriven', async () => {
    await database.query(
      `INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
       SELECT gen_random_uuid(), 'deal.updated', 1, 'deal', 'DEAL-' || n % 2, n, '{}', 'c', 'system:test' FROM generate_series(1, 6) n`,
    );
    await database.query(
      `INSERT INTO zakops.outbox (event_id, consumer, ordinal, event_type, stream)
       SELECT id, 'c', aggregate_seq, type, aggregate_seq % 2 FROM zakops.events`,
    );
    const [worker, operator] = [await database.connect(), await database.connect()];
    const workerFence = (await new WorkerLease(asDatabase(worker)).acquire('worker')) ?? '';
    const store = new TicketStore(asDatabase(worker));
    const request: ClaimRequest = { consumer: 'c', limit: 10, workerFence, owner: 'worker', leaseMs: 60_000, blockOnDead: false };
    const positions = async (): Promise<number[]> =>
      (await store.claim(request))?.tickets.map(({ delivery }) => delivery.event.position) ?? [];
    await operator.query(`BEGIN; SELECT 1 FROM zakops.outbox WHERE ordinal = 1 FOR UPDATE`);
    expect(await positions()).toEqual([2, 4, 6]);
    expect(await positions()).toEqual([]);
    await operator.query('ROLLBACK');
    // As a redrive does that commits between the claim's arrival and its look: later by the clock, but not to be overtaken.
    await operator.query(`UPDATE zakops.outbox SET due_at = now() + interval '1 minute' WHERE ordinal = 1`);
    expect(await positions()).toEqual([1, 3, 5]);
  });
});
