import { createTestDatabase, spawnApi, waitFor } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';

const DEAL = JSON.stringify({ canonical_name: 'acme-plumbing' });

describe('Idempotency-Key over several processes', () => {
  let database: TestDatabase;
  let apis: SpawnedApi[];

  beforeEach(async () => {
    database = await createTestDatabase();
    apis = await Promise.all([spawnApi(database.url), spawnApi(database.url)]);
  });

  afterEach(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    await database.drop();
  });

  const open = (n: number, key: string): Promise<Response> =>
    fetch(`${apis[n % 2]?.url ?? ''}/api/deals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: DEAL,
    });
  const made = async (): Promise<unknown> =>
    (
      await database.query(`SELECT (SELECT count(*)::int FROM zakops.deals) AS deals, (SELECT count(*)::int FROM zakops.events) AS events,
        (SELECT count(*)::int FROM zakops.audit_log) AS entries`)
    )[0];

  it('has one effect, whichever of them the calls meet', async () => {
    const holder = await database.connect();
    // The one that gets the key cannot end before all others have asked for it.
    await holder.query('BEGIN; LOCK TABLE zakops.deals');
    const refused: Response[] = [];
    const calls = Array.from({ length: 50 }, async (_, n) => {
      const answer = await open(n, 'k1');
      if (answer.status === 409) refused.push(answer);
      return answer;
    });
    await waitFor('all but one to be refused', () => refused.length === 49);
    await holder.query('COMMIT');

    const first = (await Promise.all(calls)).filter(({ status }) => status === 201);
    expect(first).toHaveLength(1);
    expect(first[0]?.headers.has('idempotency-replayed')).toBe(false);
    expect(new Set(refused.map(({ headers }) => headers.get('retry-after')))).toEqual(new Set(['1']));
    expect(await made()).toEqual({ deals: 1, events: 1, entries: 1 });
    const replays = await Promise.all([open(0, 'k1'), open(1, 'k1')]);
    const body = await first[0]?.text();
    expect(await Promise.all(replays.map((answer) => answer.text()))).toEqual([body, body]);
  });

  it('has one effect when the process is killed in the middle, and the call is repeated to another one', async () => {
    const holder = await database.connect();
    await holder.query('BEGIN; LOCK TABLE zakops.deals');
    const lost = open(0, 'k1').catch((error: unknown) => error);
    await waitFor('the call to wait for the lock', async () => {
      const rows = await database.query(`SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'zakops.deals'::regclass`);
      return rows.length === 1;
    });

    await apis[0]?.stop('SIGKILL');
    expect(await lost).toMatchObject({ message: 'fetch failed' });
    expect((await open(1, 'k1')).status).toBe(409);
    await holder.query('COMMIT');

    // Whether the effect of the killed process came through or not: there is one, and one answer to it.
    const answer = await waitFor('an answer', async () => {
      const again = await open(1, 'k1');
      return again.status === 201 && again;
    });
    expect(await answer.json()).toMatchObject({ canonical_name: 'acme-plumbing' });
    expect(await made()).toEqual({ deals: 1, events: 1, entries: 1 });
  });
});
