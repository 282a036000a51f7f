import { Database } from '#zakops/database';
import { makeEvent } from '#zakops/contracts';
import { uuidV7 } from '#zakops/kernel';
import { SseClient, waitFor } from '#zakops/testing';
import type { Server } from 'node:http';
import pg from 'pg';
import { range, SseHarness } from './sse-harness.js';

/** Larger than what the kernel keeps for both ends of a connection, when enough of them are sent. */
const BIG = 'x'.repeat(200_000);

async function appendBig(harness: SseHarness, from: number, count: number): Promise<void> {
  for (let seq = from; seq < from + count; seq += 1) {
    const data = { deal_id: 'DEAL-000050', changes: [{ field: 'notes', old_value: null, new_value: BIG }] };
    await harness.worker.append(makeEvent('deal.updated', uuidV7(), 'DEAL-000050', seq, data));
  }
}

describe('streams in operation', () => {
  let harness: SseHarness;

  beforeEach(async () => {
    harness = await SseHarness.create();
  });

  afterEach(async () => {
    await harness.dispose();
  });

  it('closes a client that reads too slowly with a reason, and the client resumes without a gap', async () => {
    const api = await harness.api();
    const { client: slow } = await api.begin();
    const { client: quick } = await api.begin();
    slow.pause();
    let seq = 1;
    await waitFor('the slow stream to be closed', async () => {
      await appendBig(harness, seq, 10);
      seq += 10;
      return (await api.stats()).closed_by_cause['slow'] === 1;
    });
    const published = seq - 1;
    slow.resume();
    await slow.waitForEnd();
    expect(slow.frames.at(-1)).toMatchObject({ event: 'reset', data: '{"status":"reset","reason":"slow"}' });
    expect(slow.positions).toEqual(range(1, slow.positions.length));
    expect(slow.positions.length).toBeLessThan(published);

    const { client: again, first } = await api.begin('', { lastEventId: slow.lastEventId });
    await again.waitForEvents(published - slow.positions.length);
    expect(first['status']).toBe('replayed');
    expect([...slow.positions, ...again.positions]).toEqual(range(1, published));
    await quick.waitForEvents(published);
    expect(quick.positions).toEqual(range(1, published));
  });

  it('cuts off a client that takes nothing at all, and the client resumes without a gap', async () => {
    const api = await harness.api({ SSE_BUFFER_BYTES: '1073741824', SSE_BUFFER_FRAMES: '1000000', SSE_SLOW_CONSUMER_TIMEOUT: '0.5' });
    const { client } = await api.begin();
    const server = api.app.getHttpServer();
    client.pause();
    await appendBig(harness, 1, 100);
    await waitFor('the stalled stream to be closed', async () => (await api.stats()).closed_by_cause['stalled'] === 1);
    expect((await api.stats()).total_connections).toBe(0);
    await waitFor('the connection to be gone', () => {
      server.closeIdleConnections();
      return connectionCount(server).then((count) => count === 0);
    });
    client.resume();
    await client.waitForEnd();
    expect(client.positions.length).toBeLessThan(100);
    const { client: again } = await api.begin('', { lastEventId: client.lastEventId });
    await again.waitForEvents(100 - client.positions.length);
    expect([...client.positions, ...again.positions]).toEqual(range(1, 100));
  });

  it('replays no faster than the client reads', async () => {
    const api = await harness.api();
    // Another deal's stream tells the time: one that gets the burst as well may be ended as too slow.
    const { client: first } = await api.begin('?deal_id=DEAL-000001');
    await appendBig(harness, 1, 150);
    await harness.published(150);
    const origin = String(first.frames[0]?.id);
    const replaying = await api.stream('', { lastEventId: origin });
    replaying.pause();
    const reads = jest.spyOn(api.app.get(Database), 'query');
    // The replay reads a page once the client took the one before; the tail of the log reads 500 at once.
    const positions = (): readonly number[] =>
      reads.mock.calls
        .filter(([sql, parameters]) => (typeof sql === 'string' ? sql : sql.text).includes('l.position > $1') && parameters?.[1] !== 500)
        .map(([, parameters]) => Number(parameters?.[0]));
    await waitFor('the first page', () => positions().length > 0);
    await heartbeats(first, 2);
    expect(Math.max(...positions())).toBeLessThan(100);
    replaying.resume();
    await replaying.waitForEvents(150);
    expect(replaying.positions).toEqual(range(1, 150));
  });

  it('refuses more streams than the process may hold, tells pollers, and takes new ones when some have gone', async () => {
    const api = await harness.api({ SSE_MAX_CONNECTIONS: '3' });
    const held = [await api.stream(), await api.stream(), await api.stream()];
    const refused = await api.stream();
    await waitFor('the refusal', () => refused.isEnded);
    expect(refused.status).toBe(503);
    expect(refused.headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '5' });
    expect(JSON.parse(refused.body)).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE' });
    expect((await api.get('/api/events/poll')).body).toMatchObject({ degraded_mode: true });
    held[0]?.close();
    await waitFor('the place to be free', async () => (await api.stats()).total_connections === 2);
    expect((await api.get('/api/events/poll')).body).toMatchObject({ degraded_mode: false });
    expect((await api.stream()).status).toBe(200);
  });

  it('does not take everybody for one person while nobody has to log in', async () => {
    const api = await harness.api({ SSE_MAX_CONNECTIONS_PER_USER: '2' });
    const streams = await Promise.all(range(1, 6).map(() => api.stream()));
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  });

  it('says goodbye to every stream with a time to come back, and ends them all before the server', async () => {
    // A stop that waits for a client would take longer than this test may; one that takes nothing is kept until then.
    const api = await harness.api({ SHUTDOWN_TIMEOUT: '300', SSE_BUFFER_BYTES: '1073741824', SSE_BUFFER_FRAMES: '1000000' });
    const streams = await Promise.all(range(1, 300).map(() => api.stream('?deal_id=DEAL-000001')));
    const { client: stuck } = await api.begin('?deal_id=DEAL-000050');
    const { client: quick } = await api.begin('?deal_id=DEAL-000050');
    stuck.pause();
    await appendBig(harness, 1, 150);
    await quick.waitForEvents(150);
    expect((await api.stats()).total_connections).toBe(302);
    await api.close();
    await Promise.all(streams.map((stream) => stream.waitForEnd()));
    const delays = streams.map((stream) => Number(stream.frames.at(-1)?.retry));
    for (const [index, stream] of streams.entries()) {
      expect(stream.frames.at(-1)).toMatchObject({ event: 'bye', data: `{"reconnect_after_ms":${String(delays[index])}}`, id: undefined });
    }
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(5_000);
    expect(new Set(delays).size).toBeGreaterThan(100);
    await expect(SseClient.open(`${api.url}/api/events/stream`)).rejects.toThrow('ECONNREFUSED');
  });

  it('keeps streams open while the database is away, and goes on without help', async () => {
    const api = await harness.api();
    const { client } = await api.begin();
    await harness.append(5);
    await client.waitForEvents(5);
    const outage = await DatabaseOutage.begin(harness.bed.database.ownerUrl);
    const beats = client.comments.length;
    await waitFor('heartbeats without the database', () => client.comments.length >= beats + 3);
    const { status, body } = await api.get('/api/admin/sse/stats');
    expect([status, body['lag'], body['total_connections'], body['cluster_connections']]).toEqual([200, null, 1, null]);
    // Nothing was missed, so nothing has to be asked.
    const { first } = await api.begin('', { lastEventId: client.lastEventId });
    expect(first).toMatchObject({ status: 'replayed', position: 5 });
    await outage.end();
    await waitFor('writing to work again', () => harness.append(1).then(() => true));
    await client.waitForEvents(6);
    expect(client.positions).toEqual(range(1, 6));
    expect(client.isEnded).toBe(false);
  });

  it('counts the streams of all processes together', async () => {
    const [first, second] = [await harness.api(), await harness.api()];
    await Promise.all([first.begin(), first.begin(), second.begin()]);
    const cluster = async (api: typeof first): Promise<unknown[]> => {
      const { body } = await api.get('/api/admin/sse/stats');
      return [body['total_connections'], body['cluster_connections'], body['cluster_processes']];
    };
    await waitFor('the heartbeats', async () => (await cluster(first))[1] === 3 && (await cluster(second))[1] === 3);
    expect([await cluster(first), await cluster(second)]).toEqual([
      [2, 3, 2],
      [1, 3, 2],
    ]);
  });

  it('asks the database no more often for 200 idle streams than for none', async () => {
    const api = await harness.api({ OUTBOX_POLL_INTERVAL: '0.2', SSE_HEARTBEAT_INTERVAL: '0.5' });
    const streams = await Promise.all(range(1, 200).map((n) => api.stream(`?deal_id=DEAL-${String(n).padStart(6, '0')}`)));
    const queries = jest.spyOn(api.app.get(Database), 'query');
    await heartbeats(streams[0], 4);
    // Ten looks at the log, four checks of its head, and one of each for a timer that falls on the edge; a self-check of notices and a
    // heartbeat at most.
    expect(queries.mock.calls.length).toBeLessThanOrEqual(10 + 4 + 2 + 1 + 1);
    expect(queries.mock.calls.length).toBeGreaterThan(5);
  });
});

/** Waits for so many more heartbeats of a stream. */
async function heartbeats(stream: SseClient | undefined, count: number): Promise<void> {
  const before = stream?.comments.length ?? 0;
  await waitFor(`${String(count)} heartbeats`, () => (stream?.comments.length ?? 0) >= before + count);
}

/** One database that lets nobody in, on a server that runs. */
class DatabaseOutage {
  private constructor(
    private readonly server: pg.Client,
    private readonly name: string,
  ) {}

  static async begin(databaseUrl: string): Promise<DatabaseOutage> {
    const url = new URL(databaseUrl);
    const name = url.pathname.slice(1);
    url.pathname = '/postgres';
    const server = new pg.Client({ connectionString: url.href });
    await server.connect();
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    return new DatabaseOutage(server, name);
  }

  async end(): Promise<void> {
    await this.server.query(`ALTER DATABASE ${this.name} ALLOW_CONNECTIONS true`);
    await this.server.end();
  }
}

function connectionCount(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}
