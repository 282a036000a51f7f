import { createTestDatabase, spawnApi, SseClient, waitFor } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { loadApiConfig } from '../src/bootstrap/api-config.js';

/** Long enough to look around in, and never waited for to its end unless a test says so. */
const LONG = { DRAIN_DELAY: '60', SHUTDOWN_TIMEOUT: '90' };

async function answerOf(url: string, agent: Agent): Promise<{ status: number | undefined; connection: string | undefined }> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  return { status: response.statusCode, connection: response.headers.connection };
}

describe('a stopping API process', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let agent: Agent;

  beforeEach(async () => {
    database = await createTestDatabase();
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });

  afterEach(async () => {
    agent.destroy();
    if (api.process.exitCode === null) await api.stop('SIGKILL');
    await database.drop();
  });

  async function begin(env: Readonly<Record<string, string>>): Promise<{ stream: SseClient; exited: Promise<unknown[]> }> {
    api = await spawnApi(database.url, { ...env, LOG_LEVEL: 'info' });
    const stream = await SseClient.open(`${api.url}/api/events/stream`);
    await stream.waitForFrame('live');
    const exited = once(api.process, 'exit');
    expect(await answerOf(`${api.url}/api/deals`, agent)).toEqual({ status: 200, connection: 'keep-alive' });
    api.process.kill('SIGTERM');
    await api.waitForLine('not ready any more');
    return { stream, exited };
  }

  it('is not ready from the next probe on, and serves everything else until the delay is over', async () => {
    const { stream } = await begin(LONG);
    for (const family of ['/health', '/api/health']) {
      const probe = await fetch(`${api.url}${family}/ready`);
      expect([probe.status, await probe.json()]).toEqual([
        503,
        { status: 'not_ready', checks: { draining: { status: 'down', reason: 'This process is stopping.' } } },
      ]);
      expect((await fetch(`${api.url}${family}`)).status).toBe(200);
      expect((await fetch(`${api.url}${family}/startup`)).status).toBe(200);
    }
    // On the connection that was kept before, then on new ones: each answer is the last of its connection.
    for (let n = 0; n < 3; n += 1) {
      expect(await answerOf(`${api.url}/api/deals`, agent)).toEqual({ status: 200, connection: 'close' });
    }
    const opened = await SseClient.open(`${api.url}/api/events/stream`);
    await opened.waitForFrame('live');
    expect([stream.isEnded, opened.isEnded]).toEqual([false, false]);
  });

  it('skips the delay at a second signal, whichever it is, says goodbye to its streams, and ends with 0', async () => {
    const { stream, exited } = await begin(LONG);
    api.process.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    await stream.waitForEnd();
    expect(stream.frames.at(-1)?.event).toBe('bye');
  });

  it('closes by itself when the delay is over, not before', async () => {
    const begunAt = performance.now();
    const { stream, exited } = await begin({ DRAIN_DELAY: '2' });
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - begunAt).toBeGreaterThan(2_000);
    expect(stream.frames.at(-1)?.event).toBe('bye');
    const [drain] = await Promise.allSettled([fetch(`${api.url}/health`)]);
    expect(drain.status).toBe('rejected');
  });

  it('gives its connections of the database back', async () => {
    const { exited } = await begin({ DRAIN_DELAY: '0' });
    expect(await exited).toEqual([0, null]);
    await waitFor('the server to know', async () => {
      const left = await database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name ~ '^zakops-(api|wake|auth) '`,
      );
      return left.length === 0;
    });
  });
});

describe('times that depend on each other', () => {
  const load = (env: Record<string, string>): unknown => loadApiConfig({ DATABASE_URL: 'postgresql://zakops@127.0.0.1/zakops', ...env });

  it('leave time to finish what was begun', () => {
    expect(() => load({ DRAIN_DELAY: '25' })).toThrow('SHUTDOWN_TIMEOUT must be longer than DRAIN_DELAY');
    expect(() => load({ DRAIN_DELAY: '24' })).not.toThrow();
  });

  it('let no transaction of a handler be ended before the handler', () => {
    const outbox = { OUTBOX_HANDLER_TIMEOUT: '60' };
    expect(() => load(outbox)).toThrow('DATABASE_IDLE_TRANSACTION_TIMEOUT must be longer than OUTBOX_HANDLER_TIMEOUT');
    expect(() => load({ ...outbox, DATABASE_IDLE_TRANSACTION_TIMEOUT: '61' })).not.toThrow();
  });
});
