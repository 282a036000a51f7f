import { createTestDatabase, SseClient, startApi, waitFor } from '#zakops/testing';
import type { StartedApi, TestDatabase } from '#zakops/testing';
import { writeTicket } from '../../../apps/api/test/tickets.builder.js';

interface Snapshot {
  readonly at: string;
  readonly verdict: { readonly state: string; readonly sentence: string; readonly reasons: readonly { readonly component: string }[] };
  readonly outbox: Record<string, unknown> | null;
  readonly dlq: { readonly total: number } | null;
  readonly database: { readonly state: string };
  readonly pauses: readonly unknown[];
  readonly tasks: readonly unknown[];
}

describe('operations at first sight', () => {
  let database: TestDatabase;
  let api: StartedApi;
  const clients: SseClient[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startApi(database.url, { env: { SSE_HEARTBEAT_INTERVAL: '0.2', AUTH_REQUIRED: 'false' } });
    await waitFor('a snapshot that was read', async () => (await snapshot()).body.outbox !== null);
  });

  afterAll(async () => {
    for (const client of clients) client.close();
    await api.app.close();
    await database.drop();
  });

  const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> => fetch(api.url + path, { headers });
  const snapshot = async (tag?: string): Promise<{ status: number; tag: string; body: Snapshot }> => {
    const response = await get('/api/admin/ops/snapshot', tag === undefined ? {} : { 'if-none-match': tag });
    const text = await response.text();
    return { status: response.status, tag: response.headers.get('etag') ?? '', body: (text === '' ? {} : JSON.parse(text)) as Snapshot };
  };
  const post = async (path: string, body: object): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(api.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  };
  const watch = async (): Promise<SseClient> => {
    const client = await SseClient.open(`${api.url}/api/admin/ops/stream`);
    clients.push(client);
    return client;
  };
  const snapshotsOf = (client: SseClient): readonly Snapshot[] =>
    client.frames.filter(({ event }) => event === 'snapshot').map(({ data }) => JSON.parse(data ?? '') as Snapshot);
  /** Rates of the last minute end, and the heartbeat of this process has been seen. */
  const untilQuiet = (path: string): Promise<string> =>
    waitFor(
      `304 of ${path}`,
      async () => {
        const tag = (await get(path)).headers.get('etag') ?? '';
        // Longer than an answer is shared, so that the second one was read anew.
        await new Promise((resolve) => setTimeout(resolve, 2_100));
        return (await get(path, { 'if-none-match': tag })).status === 304 && tag;
      },
      30_000,
    );

  it('answers 304 while nothing but the clock has changed, and 200 with the change', async () => {
    await writeTicket(database, { status: 'dead', consumer: 'deal-activity' });
    const paths = [
      '/api/admin/ops/snapshot',
      '/api/admin/outbox/stats',
      '/api/admin/dlq/stats',
      '/api/admin/sse/stats',
      '/api/admin/system/health',
    ];
    const tags = await Promise.all(paths.map(untilQuiet));
    expect(tags.map((tag) => tag.startsWith('W/'))).toEqual([false, true, true, false, true]);

    await writeTicket(database, { status: 'dead', consumer: 'deal-activity' });

    const changed = await waitFor('the change', async () => {
      const answer = await snapshot(tags[0]);
      return answer.status === 200 && answer;
    });
    expect(changed.body.dlq).toMatchObject({ total: 2 });
    expect((await get('/api/admin/dlq/stats', { 'if-none-match': tags[2] ?? '' })).status).toBe(200);
    expect((await get('/api/admin/outbox/stats', { 'if-none-match': tags[1] ?? '' })).status).toBe(200);
    expect((await get('/api/admin/outbox/stats', { 'if-match': tags[1] ?? '' })).status).toBe(412);
  }, 60_000);

  it('says in one sentence what is not well, without a worker', async () => {
    const { body } = await snapshot();
    expect(body.verdict.state).toBe('down');
    expect(body.verdict.sentence).toContain('No worker');
    expect(body.verdict.reasons.map(({ component }) => component)).toContain('outbox_processor');
    expect(body).toMatchObject({ environment: 'development', pauses: [], tasks: [], outbox: { leader: { alive: false } } });
  });

  it('streams the state without a worker: hello, a snapshot at once, then what changes', async () => {
    const client = await watch();
    expect(client.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const hello = JSON.parse((await client.waitForFrame('hello')).data ?? '') as Record<string, unknown>;
    expect(hello).toMatchObject({ every_ms: 2_000 });
    expect(hello['scopes']).toContain('admin:stats');
    await client.waitForFrame('snapshot');
    await waitFor('a heartbeat', () => client.comments.length > 0);
    const before = snapshotsOf(client).at(-1)?.dlq?.total ?? 0;

    await writeTicket(database, { status: 'dead' });

    await waitFor('the change', () => snapshotsOf(client).at(-1)?.dlq?.total === before + 1);
    client.close();
  });

  it('shows pauses in force, running tasks and failure groups, and announces their changes', async () => {
    const client = await watch();
    await client.waitForFrame('snapshot');
    await writeTicket(database, { status: 'dead', aggregateId: 'DEAL-000777' });
    await database.query(`UPDATE zakops.outbox_tickets SET fingerprint = 'fp1:0123456789abcdef' WHERE status = 'dead'`);
    expect(
      await post('/api/admin/outbox/pause', { scope: 'aggregate', aggregate_type: 'deal', aggregate_id: 'DEAL-000777', reason: 'a look' }),
    ).toBe(201);
    expect(await post('/api/admin/dlq/redrive', { filter: { aggregate_id: 'DEAL-000777' }, reason: 'mended' })).toBe(202);
    await waitFor('both', () => {
      const last = snapshotsOf(client).at(-1);
      return last?.pauses.length === 1 && last.tasks.length === 1;
    });
    expect(snapshotsOf(client).at(-1)).toMatchObject({
      pauses: [{ scope: 'aggregate', aggregate_id: 'DEAL-000777', reason: 'a look' }],
      tasks: [{ kind: 'redrive', state: 'running' }],
      dlq: { groups: 1, newest: [{ fingerprint: 'fp1:0123456789abcdef', title: expect.any(String) }] },
    });
    const announced = (): string => client.frames.map(({ event, data }) => (event === 'changed' ? data : '')).join();
    await waitFor('the announcements', () => announced().includes('"pauses"') && announced().includes('"tasks"'));
    client.close();
  });

  it('gathers the topics that commands announce', async () => {
    const client = await watch();
    await client.waitForFrame('snapshot');
    for (const topic of ['pauses', 'dlq', 'dlq', 'tasks/1']) await database.query('SELECT pg_notify($1, $2)', ['zakops_ops', topic]);
    const { data } = await client.waitForFrame('changed');
    expect(JSON.parse(data ?? '')).toEqual({ topics: ['dlq', 'pauses', 'tasks/1'], at: expect.any(String) });
    const body = JSON.stringify({ level: 'fatal', minutes: 1 });
    await fetch(`${api.url}/api/admin/log-level`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body });
    await waitFor('what a command announced', () => client.frames.some(({ data: told }) => told?.includes('["processes"]') === true));
    client.close();
  });
});
