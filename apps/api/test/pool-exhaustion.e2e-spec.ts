import { createTestDatabase, spawnApi, waitFor } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';

const POOL_SIZE = 4;
const CALLS = 12;

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly code: unknown;
}

describe('a pool whose connections are all taken', () => {
  let database: TestDatabase;
  let api: SpawnedApi;

  beforeEach(async () => {
    database = await createTestDatabase();
    api = await spawnApi(database.url, { DATABASE_POOL_SIZE: String(POOL_SIZE), DATABASE_LOCK_TIMEOUT: '20' });
  });

  afterEach(async () => {
    await api.stop();
    await database.drop();
  });

  async function openDeal(name: string): Promise<Answer> {
    const response = await fetch(`${api.url}/api/deals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canonical_name: name }),
    });
    const { code } = (await response.json()) as { code?: unknown };
    return { status: response.status, retryAfter: response.headers.get('retry-after'), code };
  }

  it('is answered for with 503 and Retry-After, and works again as soon as they are free', async () => {
    const holder = await database.connect();
    await holder.query('BEGIN; LOCK TABLE zakops.deals IN ACCESS EXCLUSIVE MODE');
    const answered: Answer[] = [];
    const calls = Array.from({ length: CALLS }, async (_, n) => {
      answered.push(await openDeal(`waits ${String(n)}`));
    });
    // Nobody waits for a connection for longer than 5 s; who has one waits for the lock.
    await waitFor('all without a connection to be refused', () => answered.length >= CALLS - POOL_SIZE);
    expect(answered).toEqual(answered.map(() => ({ status: 503, retryAfter: '5', code: 'SERVICE_UNAVAILABLE' })));
    const refused = answered.length;
    expect((await fetch(`${api.url}/health`)).status).toBe(200);
    expect((await fetch(`${api.url}/health/ready`)).status).toBe(503);

    await holder.query('ROLLBACK');
    await Promise.all(calls);
    expect(answered.slice(refused).map(({ status }) => status)).toEqual(Array(CALLS - refused).fill(201));
    const later = await Promise.all(Array.from({ length: CALLS }, (_, n) => openDeal(`later ${String(n)}`)));
    expect(later.map(({ status }) => status)).toEqual(Array(CALLS).fill(201));
    await waitFor('readiness', async () => (await fetch(`${api.url}/health/ready`)).status === 200);
  });
});
