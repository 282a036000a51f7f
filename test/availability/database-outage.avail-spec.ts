import { migrate } from '#zakops/database';
import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MIGRATIONS } from '../../migrations/index.js';
import { Load } from './load.js';
import { Replica } from './replica.js';
import { ResumingStream } from './resuming-stream.js';

const OUTAGE_MS = 60_000;
const STREAMS = 20;
// What OPS-1 and OPS-2 allow.
const LIVENESS_MS = 50;
const READINESS_MS = 2_000;
// A free connection is waited for 5 s; nothing else takes time when the server refuses connections.
const ANSWER_MS = 10_000;

describe('a database that is killed, and comes back after a minute under load', () => {
  let dataDir: string;
  let server: EmbeddedPostgres;
  let api: Replica;
  let worker: SpawnedApp;
  let load: Load;
  let streams: ResumingStream[];
  const toStop: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'zakops-outage-'));
    toStop.unshift(() => rm(dataDir, { recursive: true, force: true }));
    server = await EmbeddedPostgres.start({ dataDir });
    toStop.unshift(() => server.stop());
    await migrate(server.url, MIGRATIONS);
    api = await Replica.start({
      DATABASE_URL: server.url,
      SSE_HEARTBEAT_INTERVAL: '1',
      RATE_LIMIT_GENERAL_PER_MINUTE: '1000000',
      RATE_LIMIT_ANONYMOUS_PER_MINUTE: '1000000',
    });
    toStop.unshift(() => api.app.stop('SIGKILL'));
    worker = await spawnWorker(server.url);
    toStop.unshift(() => worker.stop('SIGKILL'));
    streams = await Promise.all(Array.from({ length: STREAMS }, () => ResumingStream.open(`${api.url}/api/events/stream`)));
    toStop.unshift(() => Promise.all(streams.map((stream) => stream.close())));
    load = Load.begin(api.url, { clients: 6, maxExchanges: 60_000 });
    toStop.unshift(() => load.end());
  }, 120_000);

  afterAll(async () => {
    for (const stop of toStop) await stop();
  }, 60_000);

  const status = async (path: string): Promise<number> => (await fetch(api.url + path)).status;

  async function kill(): Promise<void> {
    const pidFile = await readFile(join(dataDir, 'cluster/postmaster.pid'), 'utf8');
    process.kill(Number(pidFile.split('\n', 1)[0]), 'SIGKILL');
  }

  async function restore(): Promise<void> {
    const { port } = server;
    // It is dead already; this lets go of its folder.
    await server.stop();
    server = await EmbeddedPostgres.start({ dataDir, port });
  }

  /** How long each liveness probe took, sorted; all must be good. */
  async function probeLiveness(untilMs: number): Promise<number[]> {
    const took: number[] = [];
    while (performance.now() < untilMs) {
      for (const path of ['/health', '/health/live', '/api/health', '/api/health/live']) {
        const startedAt = performance.now();
        expect([path, await status(path)]).toEqual([path, 200]);
        took.push(performance.now() - startedAt);
      }
      await sleep(200);
    }
    return took.sort((a, b) => a - b);
  }

  it('is answered for with 503 and Retry-After, keeps streams open, and everything goes on without help', async () => {
    await waitFor('load', () => load.made.length > 20 && streams.every(({ positions }) => positions.length > 20));
    expect(load.failures).toEqual([]);

    await kill();
    const killedAtMs = performance.now();
    await waitFor('readiness to fail', async () => (await status('/api/health/ready')) === 503, READINESS_MS);
    const awayFromMs = performance.now();
    const heartbeatsBefore = streams.map(({ heartbeats }) => heartbeats);
    const liveness = await probeLiveness(killedAtMs + OUTAGE_MS);
    expect(await status('/api/health/ready')).toBe(503);
    expect(liveness[Math.floor(liveness.length / 2)]).toBeLessThan(LIVENESS_MS);

    // What was under way when it died may have been answered otherwise.
    const away = load.exchanges.filter(({ startedAtMs }) => startedAtMs > awayFromMs);
    expect(away.length).toBeGreaterThan(100);
    expect([...new Set(away.map(({ status: answer, retryAfter }) => `${String(answer)}, Retry-After: ${String(retryAfter)}`))]).toEqual([
      '503, Retry-After: 5',
    ]);
    expect(Math.max(...away.map(({ ms }) => ms))).toBeLessThan(ANSWER_MS);
    for (const [index, stream] of streams.entries()) {
      expect([stream.opened, stream.problems]).toEqual([1, []]);
      // Once a second for most of a minute.
      expect(stream.heartbeats).toBeGreaterThan((heartbeatsBefore[index] ?? 0) + 30);
    }

    await restore();
    await waitFor('readiness', async () => (await status('/api/health/ready')) === 200, 30_000);
    const [firstAfter, madeBefore] = [load.exchanges.length, load.made.length];
    await waitFor('load afterwards', () => load.made.length > madeBefore + 50, 30_000);
    await load.end();
    // One may have been refused in the moment in which readiness was asked.
    const after = load.exchanges.slice(firstAfter + 6);
    expect(after.filter(({ status: answer }) => answer >= 300)).toEqual([]);

    await waitFor('every event on every stream', () => streams.every(({ subjects }) => load.made.every((id) => subjects.has(id))), 30_000);
    for (const { positions, opened, problems } of streams) {
      expect([opened, problems]).toEqual([1, []]);
      expect(positions).toEqual(positions.map((_, n) => n + 1));
    }
    expect([api.app.process.exitCode, worker.process.exitCode]).toEqual([null, null]);
    // Whatever broke, it was the database's fault and not ours.
    expect(load.exchanges.filter(({ status: answer }) => answer === 500)).toEqual([]);
  }, 150_000);
});
