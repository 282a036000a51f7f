import { SpawnedApps, SseClient, waitFor } from '#zakops/testing';
import type { SpawnedApi } from '#zakops/testing';
import { Activity } from './support/activity.js';
import { PATIENCE_MS, Release } from './support/release.js';
import {
  allPublished,
  atAddress,
  chainHead,
  deliveredTo,
  faultsOfTheLog,
  fill,
  headOf,
  logInAdmin,
  repeatCall,
  SETTINGS,
  show,
} from './support/scene.js';
import { query, Server } from './support/server.js';
import { Writers } from './support/writers.js';

let server: Server;
let previous: Release;
const current = Release.current();

beforeAll(async () => {
  [server, previous] = await Promise.all([Server.start(), Release.previous()]);
}, 180_000);

afterAll(async () => {
  await Promise.all([server.stop(), previous.remove()]);
});

jest.setTimeout(180_000);

describe('the previous release on the schema of this one', () => {
  let url: string;
  const apps = new SpawnedApps();
  const { started } = apps;

  beforeEach(async () => {
    url = await server.createDatabase();
    await previous.migrate(url);
    await current.migrate(url);
  });
  afterEach(async () => {
    await apps.kill();
  });

  it('starts, and finds nothing to migrate', async () => {
    const api = await started(previous.api(url, SETTINGS));
    const ready = (await (await fetch(`${api.url}/api/health/ready`)).json()) as { checks: { migrations: { pending: number } } };
    expect(ready.checks.migrations.pending).toBe(0);
    expect((await previous.migrate(url)).out).toMatch(/^the schema is up to date\n/);
  });

  it('does all its work with the rights of a run-time role: reads, writes, deliveries, streams, dead letters, the audit chain', async () => {
    const role = `runtime_${new URL(url).pathname.slice(1)}`;
    await query(url, `CREATE ROLE ${role} LOGIN PASSWORD 'of-a-test'`);
    expect((await current.cli(url, ['roles', 'grant', '--role', role])).code).toBe(0);
    // As a way back by compose does.
    expect((await previous.migrate(url)).out).toContain('the schema is up to date');
    const runtime = new URL(url);
    [runtime.username, runtime.password] = [role, 'of-a-test'];
    const [api] = await Promise.all([started(previous.api(runtime.href, SETTINGS)), started(previous.worker(runtime.href, SETTINGS))]);
    const scene = await fill(previous, url, api);
    const stream = await SseClient.open(`${api.url}/api/events/stream`, { headers: { cookie: scene.admin.cookieHeader } });
    await stream.waitForFrame('live');
    const { body } = await scene.admin.get('/api/admin/dlq');
    for (const { id } of body['entries'] as { id: string }[]) {
      expect((await scene.admin.post(`/api/admin/dlq/${id}/retry`)).status).toBe(200);
    }
    await scene.admin.makeDeal('one-more');
    await stream.waitForEvents(1);
    await deliveredTo(url);
    expect(await faultsOfTheLog(url)).toEqual([]);
    expect(Object.keys(await show(scene.admin, scene.dealIds)).length).toBeGreaterThan(30);
    const anchor = await chainHead(url, scene.admin);
    expect((await scene.admin.get(`/api/admin/audit/verify?anchor=${anchor}`)).body).toMatchObject({ ok: true });
    stream.close();
  });

  it('takes over again from this one, whatever this one has written', async () => {
    const [api, worker] = await Promise.all([started(current.api(url, SETTINGS)), started(current.worker(url, SETTINGS))]);
    const scene = await fill(current, url, api);
    const shown = await show(scene.admin, scene.dealIds);
    await worker.stop('SIGKILL');
    for (let n = 0; n < 5; n += 1) await scene.admin.makeDeal(`undelivered-${String(n)}`);
    await api.stop('SIGKILL');

    const [oldApi] = await Promise.all([started(previous.api(url, SETTINGS)), started(previous.worker(url, SETTINGS))]);
    const admin = atAddress(scene.admin, oldApi.url);
    expect(await repeatCall(admin)).toEqual({ status: 201, text: scene.firstAnswer, replayed: 'true' });
    await allPublished(url);
    await deliveredTo(url);
    expect(await faultsOfTheLog(url)).toEqual([]);
    // The lists have grown by five; each deal of before is what it was.
    const now = await show(admin, scene.dealIds);
    for (const id of scene.dealIds) {
      const path = `/api/deals/${id}`;
      expect(now[path]?.version).toBe(shown[path]?.version);
      expect(shown[path]).toMatchObject({ body: now[path]?.body });
    }
    const anchor = await chainHead(url, admin);
    expect((await admin.get(`/api/admin/audit/verify?anchor=${scene.anchor}&anchor=${anchor}`)).body).toMatchObject({ ok: true });
  });
});

describe('a rolling upgrade, and the way back', () => {
  it('loses and doubles no event, fails no call, and leaves no gap in any stream', async () => {
    const url = await server.createDatabase();
    await previous.migrate(url);
    const activity = await Activity.watch(url);
    const apps = new SpawnedApps();
    const { started } = apps;
    const streams: SseClient[] = [];
    try {
      const oldApi = await started(previous.api(url, SETTINGS));
      const oldWorker = await started(previous.worker(url, SETTINGS));
      const admin = await logInAdmin(previous, url, oldApi.url);
      const watch = async (api: SpawnedApi): Promise<void> => {
        const stream = await SseClient.open(`${api.url}/api/events/stream`, { headers: { cookie: admin.cookieHeader } });
        await stream.waitForFrame('live');
        streams.push(stream);
      };
      const writers = new Writers(admin, [oldApi.url]);
      await watch(oldApi);
      await writers.more(20);

      // The schema first, under the load of the old version.
      await current.migrate(url);
      await writers.more(20);
      const api = await started(current.api(url, SETTINGS));
      await watch(api);
      writers.sendTo([oldApi.url, api.url]);
      await writers.more(40);

      // The old worker leads, the new one stands by; then the old one goes and the new one leads; and back.
      const worker = await started(current.worker(url, SETTINGS, false));
      await worker.waitForLine('standing by', PATIENCE_MS);
      await writers.more(40);
      expect((await oldWorker.stop()).code).toBe(0);
      await worker.waitForLine('This worker is the active one now', PATIENCE_MS);
      await writers.more(40);
      const oldAgain = await started(previous.worker(url, SETTINGS, false));
      await oldAgain.waitForLine('standing by', PATIENCE_MS);
      await worker.stop('SIGKILL');
      await oldAgain.waitForLine('This worker is the active one now', PATIENCE_MS);
      await writers.more(40);
      const again = await started(current.worker(url, SETTINGS, false));
      await again.waitForLine('standing by', PATIENCE_MS);
      expect((await oldAgain.stop()).code).toBe(0);
      await again.waitForLine('This worker is the active one now', PATIENCE_MS);
      await writers.more(40);

      writers.sendTo([api.url]);
      await writers.more(20);
      await writers.stop();
      await allPublished(url);
      await deliveredTo(url);
      expect(writers.failures).toEqual([]);
      expect(await faultsOfTheLog(url)).toEqual([]);
      expect(await activity.faults()).toEqual([]);
      const made = await query<{ id: string }>(url, `SELECT deal_id AS id FROM zakops.deals`);
      expect(made.map(({ id }) => id).sort()).toEqual([...writers.dealIds].sort());
      const head = await headOf(url);
      for (const stream of streams) {
        await waitFor('the end of the log', () => stream.positions.at(-1) === head, PATIENCE_MS);
        const [first = 0] = stream.positions;
        expect(stream.positions).toEqual(Array.from({ length: head - first + 1 }, (_, n) => first + n));
      }
      expect((await oldApi.stop()).code).toBe(0);
    } finally {
      for (const stream of streams) stream.close();
      await apps.kill();
    }
  }, 240_000);
});
