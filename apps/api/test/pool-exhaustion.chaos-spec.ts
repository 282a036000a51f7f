import { createTestDatabase, spawnApi, waitFor } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';

const POOL_SIZE = 4;
const CALLS = 12;
/** Connections that changes may take. */
const FOR_CHANGES = 3;

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
    await waitFor('all without a connection to be refused', () => answered.length >= CALLS - FOR_CHANGES);
    expect(answered).toEqual(answered.map(() => ({ status: 503, retryAfter: '5', code: 'SERVICE_UNAVAILABLE' })));
    const refused = answered.length;
    expect((await fetch(`${api.url}/health`)).status).toBe(200);
    expect((await fetch(`${api.url}/api/admin/outbox/stats`)).status).toBe(200);
    // No other process would do better with these calls.
    const ready = await fetch(`${api.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      expect.objectContaining({
        checks: expect.objectContaining({
          database: {
            status: 'degraded',
            reason: 'All connections for changes are in use.',
            response_time_ms: expect.any(Number) as unknown,
          },
        }) as unknown,
      }),
    ]);

    await holder.query('ROLLBACK');
    await Promise.all(calls);
    expect(answered.slice(refused).map(({ status }) => status)).toEqual(Array(CALLS - refused).fill(201));
    const later = await Promise.all(Array.from({ length: CALLS }, (_, n) => openDeal(`later ${String(n)}`)));
    expect(later.map(({ status }) => status)).toEqual(Array(CALLS).fill(201));
    await waitFor('readiness', async () => (await fetch(`${api.url}/health/ready`)).status === 200);
  });

  it('is not taken by the calls of one held deal: others and readiness go on', async () => {
    const [held, other] = await Promise.all(['held', 'other'].map(idOf));
    const holder = await database.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM zakops.deals WHERE deal_id = $1 FOR UPDATE', [held]);
    const calls = Array.from({ length: 25 }, (_, n) => patch(held, n));
    await waitFor('one to wait for the deal', async () => (await locked()) === 1);
    expect((await patch(other, 0)).status).toBe(200);
    expect((await fetch(`${api.url}/api/deals/${String(held)}`)).status).toBe(200);
    expect((await fetch(`${api.url}/health/ready`)).status).toBe(200);
    await holder.query('ROLLBACK');
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(25).fill(200));
  });

  it('is not taken by the calls of many held deals: reads and readiness go on', async () => {
    const deals = await Promise.all(Array.from({ length: 6 }, (_, n) => idOf(`held ${String(n)}`)));
    const holder = await database.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM zakops.deals FOR UPDATE');
    const calls = Promise.all(deals.map(patch));
    await waitFor('all connections for changes to wait', async () => (await locked()) === FOR_CHANGES);
    for (const deal of deals) expect((await fetch(`${api.url}/api/deals/${deal}`)).status).toBe(200);
    expect((await fetch(`${api.url}/api/deals`)).status).toBe(200);
    expect((await fetch(`${api.url}/health/ready`)).status).toBe(200);
    await holder.query('ROLLBACK');
    expect((await calls).map(({ status }) => status)).toEqual(Array(6).fill(200));
  });

  it('does not make a process unready when a table of the migrations is locked', async () => {
    await waitFor('readiness', async () => (await fetch(`${api.url}/health/ready`)).status === 200);
    const holder = await database.connect();
    await holder.query('BEGIN; LOCK TABLE zakops.migrations IN ACCESS EXCLUSIVE MODE');
    await waitFor('a probe to wait for it', async () => {
      const { status } = await fetch(`${api.url}/health/ready`);
      expect(status).toBe(200);
      return (await database.query(`SELECT FROM pg_locks WHERE NOT granted AND relation = 'zakops.migrations'::regclass`)).length > 0;
    });
    expect((await fetch(`${api.url}/health/ready`)).status).toBe(200);
    await holder.query('ROLLBACK');
  });

  const locked = async (): Promise<number> => {
    const rows = await database.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    return rows.length;
  };

  const patch = (id: string | undefined, n: number): Promise<Response> =>
    fetch(`${api.url}/api/deals/${String(id)}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ folder_path: `/${String(n)}` }),
    });

  const idOf = async (name: string): Promise<string> => {
    const response = await fetch(`${api.url}/api/deals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canonical_name: name }),
    });
    return ((await response.json()) as { deal_id: string }).deal_id;
  };
});
