import { createTestDatabase, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp, TestDatabase } from '#zakops/testing';
import { startHaproxy } from './haproxy.js';
import type { Haproxy } from './haproxy.js';
import { Load } from './load.js';
import { Replica } from './replica.js';
import { ResumingStream } from './resuming-stream.js';

const STREAMS = 24;
const LOAD = { clients: 8, maxExchanges: 40_000 };

describe('three API processes behind haproxy, restarted one after the other under load', () => {
  let database: TestDatabase;
  let replicas: Replica[] = [];
  let worker: SpawnedApp;
  let haproxy: Haproxy;
  let streams: ResumingStream[] = [];
  let load: Load;

  beforeAll(async () => {
    database = await createTestDatabase();
    // What an operator has, with the delay that is the default, and limits that this load does not reach.
    const env = {
      DATABASE_URL: database.url,
      TRUST_PROXY: '1',
      DRAIN_DELAY: '5',
      RATE_LIMIT_GENERAL_PER_MINUTE: '1000000',
      RATE_LIMIT_ANONYMOUS_PER_MINUTE: '1000000',
    };
    replicas = await Promise.all([1, 2, 3].map(() => Replica.start(env)));
    worker = await spawnWorker(database.url);
    haproxy = await startHaproxy(replicas.map(({ port }) => port));
    for (const name of ['api1', 'api2', 'api3']) await haproxy.waitForServer(name, 'UP');
    streams = await Promise.all(Array.from({ length: STREAMS }, () => ResumingStream.open(`${haproxy.url}/api/events/stream`)));
    load = Load.begin(haproxy.url, LOAD);
  }, 180_000);

  afterAll(async () => {
    await load.end();
    await Promise.all(streams.map((stream) => stream.close()));
    await haproxy.stop();
    await Promise.all([...replicas.map(({ app }) => app.stop('SIGKILL')), worker.stop('SIGKILL')]);
    await database.drop();
  }, 60_000);

  it('fails no request, and neither loses nor doubles an event', async () => {
    await waitFor('load', () => load.made.length > 20);
    for (const [index, replica] of replicas.entries()) {
      expect(await replica.app.stop('SIGTERM')).toEqual({ code: 0, signal: null });
      await replica.startAgain();
      await haproxy.waitForServer(`api${String(index + 1)}`, 'UP');
    }
    expect(await worker.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    worker = await spawnWorker(database.url);
    const before = load.made.length;
    await waitFor('load after the last restart', () => load.made.length > before + 20);
    await load.end();

    expect(load.failures).toEqual([]);
    expect(load.exchanges.length).toBeLessThan(LOAD.maxExchanges);
    // A stream is in order: when the last event is there, nothing of before comes again.
    const last = await fetch(`${haproxy.url}/api/deals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canonical_name: 'the last one' }),
    });
    load.made.push(((await last.json()) as { deal_id: string }).deal_id);
    const all = Array.from({ length: load.made.length }, (_, n) => n + 1);
    await waitFor('the last event on every stream', () => streams.every(({ positions }) => positions.includes(all.length)), 30_000);
    for (const stream of streams) {
      expect(stream.problems).toEqual([]);
      expect(stream.positions).toEqual(all);
      expect([...stream.subjects].sort()).toEqual([...load.made].sort());
      expect(stream.opened).toBeGreaterThan(1);
    }
    // The balancer did not hide anything either: it had nothing to try again, and sent nothing to where nobody answered.
    const figures = await haproxy.figures('api');
    expect(figures.map((line) => [line['svname'], line['wretr'], line['wredis'], line['econ'], line['eresp']])).toEqual(
      ['api1', 'api2', 'api3', 'BACKEND'].map((name) => [name, '0', '0', '0', '0']),
    );
    expect((await haproxy.figures('api_not_ready')).map((line) => line['stot'])).toEqual(['0', '0', '0', '0']);
  }, 150_000);
});
