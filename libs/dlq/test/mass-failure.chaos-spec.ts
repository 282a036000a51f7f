import { TICKETS } from '#zakops/outbox';
import { createTestDatabase, spawnApi } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';
import { failAgain, failInMass, outcome } from './mass-failure.js';

const DEAD = 300_000;
// A portion takes a fifth of a second on a free machine; all at once took more than 25 s for a sixth of them.
const LIMITS = { DATABASE_STATEMENT_TIMEOUT: '8', DATABASE_LOCK_TIMEOUT: '5', NODE_OPTIONS: '--max-old-space-size=96' };

describe('300,000 deliveries that died at once', () => {
  let database: TestDatabase;
  let api: SpawnedApi;

  beforeAll(async () => {
    database = await createTestDatabase();
    await failInMass(database, DEAD, 10_000);
    api = await spawnApi(database.url, LIMITS);
  }, 300_000);

  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  /** Calls again while something remains, as the answer asks for. */
  async function untilDone(path: string, body: unknown = {}): Promise<number> {
    for (let sum = 0; ;) {
      const response = await fetch(api.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(200);
      const { count, remaining } = (await response.json()) as { count: number; remaining: number };
      sum += count;
      if (remaining === 0) return sum;
    }
  }

  it('are retried by two calls, and by neither twice, with little memory and within the limits of statements', async () => {
    const all = '/api/admin/dlq/retry-all';
    const counts = await Promise.all([untilDone(`${all}?consumer=mailer`), untilDone(`${all}?aggregate_type=deal`)]);
    expect(counts[0] + counts[1]).toBe(DEAD);
    expect(await outcome(database)).toMatchObject({ dead: 0, retried: DEAD, counted: DEAD, named: DEAD });
  }, 300_000);

  it('are purged with their attempts', async () => {
    await failAgain(database);
    await database.query(
      `INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, started_at, duration_ms, reason_code, error)
       SELECT event_id, consumer, 0, n, now(), 10, 'handler_error', 'It broke.' FROM ${TICKETS}, generate_series(1, 2) n`,
    );
    expect(await untilDone('/api/admin/dlq/purge-old', { days: 30 })).toBe(DEAD);
    expect(await outcome(database)).toMatchObject({ dead: 0, counted: DEAD, named: DEAD });
    expect(await database.query('SELECT FROM zakops.outbox_attempts')).toEqual([]);
  }, 300_000);
});
