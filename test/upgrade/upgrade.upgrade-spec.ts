import { waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp } from '#zakops/testing';
import { Browser } from '../security/support/browser.js';
import { columnsOf, contentOf } from './support/content.js';
import { Release } from './support/release.js';
import {
  allPublished,
  atAddress,
  chainHead,
  deliveredTo,
  faultsOfTheLog,
  fill,
  headOf,
  repeatCall,
  resumeStream,
  SETTINGS,
  show,
} from './support/scene.js';
import type { Scene } from './support/scene.js';
import { query, Server } from './support/server.js';

jest.setTimeout(180_000);

let server: Server;
let previous: Release;
const current = Release.current();

beforeAll(async () => {
  [server, previous] = await Promise.all([Server.start(), Release.previous()]);
}, 180_000);

afterAll(async () => {
  await Promise.all([server.stop(), previous.remove()]);
});

describe('a database that the previous release has filled and left in order', () => {
  let url: string;
  let api: SpawnedApi;
  let worker: SpawnedApp;
  let scene: Scene;
  let shown: Awaited<ReturnType<typeof show>>;
  let head: number;
  let admin: Browser;

  beforeAll(async () => {
    url = await server.createDatabase();
    await previous.migrate(url);
    const [oldApi, oldWorker] = await Promise.all([previous.api(url, SETTINGS), previous.worker(url, SETTINGS)]);
    scene = await fill(previous, url, oldApi);
    shown = await show(scene.admin, scene.dealIds);
    head = await headOf(url);
    expect((await oldWorker.stop()).code).toBe(0);
    expect((await oldApi.stop()).code).toBe(0);

    const columns = await columnsOf(url);
    const leases = { worker_leases: `SELECT * FROM zakops.worker_leases WHERE name <> 'log-origin'` };
    const origin = await query(url, `SELECT owner AS origin FROM zakops.worker_leases WHERE name = 'log-origin'`);
    expect(origin).toHaveLength(1);
    const before = await contentOf(url, columns, leases);
    await current.migrate(url);
    // Whatever the migrations are: not a row of the old tables is another one after them. One row has moved to another table.
    const list = (columns['outbox'] ?? []).join(', ');
    const tickets = { outbox: `SELECT ${list} FROM zakops.outbox_history UNION ALL SELECT ${list} FROM zakops.outbox_tickets` };
    expect(await contentOf(url, columns, { ...leases, ...tickets })).toEqual(before);
    expect(await query(url, `SELECT origin FROM zakops.event_log_epoch`)).toEqual(origin);
    [api, worker] = await Promise.all([current.api(url, SETTINGS), current.worker(url, SETTINGS)]);
    admin = atAddress(scene.admin, api.url);
  }, 180_000);

  afterAll(async () => {
    await Promise.all([api.stop(), worker.stop()]);
  });

  it('shows every deal, operator, session, key, dead letter and event as before, with the same versions', async () => {
    const now = await show(admin, scene.dealIds);
    expect(Object.keys(now)).toEqual(Object.keys(shown));
    expect(now).toMatchObject(withMoreScopes(shown));
  });

  it('takes changes of clients that hold an old ETag, and refuses those of clients that do not', async () => {
    const path = `/api/deals/${scene.dealIds[1] ?? ''}`;
    // The whole ETag of the release before.
    const etag = `"${shown[path]?.version ?? ''}"`;
    const change = (ifMatch: string): ReturnType<Browser['call']> =>
      admin.call('PATCH', path, { body: { display_name: 'Changed afterwards' }, headers: { 'if-match': ifMatch } });
    expect((await change('"999"')).status).toBe(412);
    expect((await change(etag)).status).toBe(200);
    expect((await change(etag)).status).toBe(412);
  });

  it('lets the API key in', async () => {
    const key = { authorization: `Bearer ${scene.apiKey}` };
    expect((await new Browser(api.url).get('/api/deals', key)).status).toBe(200);
    expect((await new Browser(api.url).get('/api/admin/operators', key)).status).toBe(403);
  });

  it('answers a call again that was answered before', async () => {
    expect(await repeatCall(admin)).toEqual({ status: 201, text: scene.firstAnswer, replayed: 'true' });
  });

  it('goes on with a stream where it was: nothing missing, nothing twice, and new events behind', async () => {
    const stream = await resumeStream(api.url, scene);
    expect((await stream.waitForFrame('replayed')).id).toBe(scene.resume.id);
    await admin.makeDeal('made-after-the-upgrade');
    await allPublished(url);
    const end = await headOf(url);
    expect(end).toBeGreaterThan(head);
    await stream.waitForEvents(end - scene.resume.position);
    expect(stream.positions).toEqual(Array.from({ length: end - scene.resume.position }, (_, n) => scene.resume.position + 1 + n));
    stream.close();
  });

  it('delivers the dead letters when they are retried', async () => {
    const { body } = await admin.get('/api/admin/dlq');
    const entries = body['entries'] as readonly { id: string }[];
    expect(entries).toHaveLength(4);
    for (const { id } of entries) expect((await admin.post(`/api/admin/dlq/${id}/retry`)).status).toBe(200);
    await deliveredTo(url);
    expect((await admin.get('/api/admin/dlq')).body['entries']).toEqual([]);
  });

  it('carries the audit chain on from the old head', async () => {
    const end = await chainHead(url, admin);
    expect(end).not.toBe(scene.anchor);
    const { body } = await admin.get(`/api/admin/audit/verify?anchor=${scene.anchor}&anchor=${end}`);
    expect(body).toMatchObject({ ok: true, problem_count: 0 });
  });

  it('has lost and doubled nothing in the end', async () => {
    await allPublished(url);
    await deliveredTo(url);
    expect(await faultsOfTheLog(url)).toEqual([]);
  });
});

describe('a database whose processes of the previous release were killed while they wrote', () => {
  it('comes up with everything that was answered, and delivers what was not delivered', async () => {
    const url = await server.createDatabase();
    await previous.migrate(url);
    const [oldApi, oldWorker] = await Promise.all([previous.api(url, SETTINGS), previous.worker(url, SETTINGS)]);
    const scene = await fill(previous, url, oldApi);
    const answered = new Set<string>();
    let isOver = false;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; !isOver; n += 1) {
        const name = `w${String(writer)}-${String(n)}`;
        // The call that is cut off by the kill has no answer: it may have happened or not.
        const id = await scene.admin.makeDeal(name).catch(() => undefined);
        if (id !== undefined) answered.add(id);
      }
    });
    await waitFor('answers', () => answered.size >= 20);
    await oldWorker.stop('SIGKILL');
    const atKill = answered.size;
    await waitFor('answers without a worker', () => answered.size >= atKill + 30);
    await oldApi.stop('SIGKILL');
    isOver = true;
    await Promise.all(writers);
    const open = await query(url, `SELECT FROM zakops.outbox WHERE status IN ('pending', 'processing')`);
    expect(open.length).toBeGreaterThanOrEqual(30);

    await current.migrate(url);
    const [api, worker] = await Promise.all([current.api(url, SETTINGS), current.worker(url, SETTINGS)]);
    await allPublished(url);
    await deliveredTo(url);
    const deals = await query<{ deal_id: string }>(url, 'SELECT deal_id FROM zakops.deals');
    expect(deals.map(({ deal_id: id }) => id)).toEqual(expect.arrayContaining([...answered, ...scene.dealIds]));
    const created = await query(
      url,
      `SELECT FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id WHERE e.type = 'deal.created'`,
    );
    expect(created).toHaveLength(deals.length);
    expect(await faultsOfTheLog(url)).toEqual([]);
    const admin = atAddress(scene.admin, api.url);
    const end = await chainHead(url, admin);
    const { body } = await admin.get(`/api/admin/audit/verify?anchor=${scene.anchor}&anchor=${end}`);
    expect(body).toMatchObject({ ok: true, problem_count: 0 });
    await Promise.all([api.stop(), worker.stop()]);
  });
});

/** The same, where an administrator may hold permissions that this version adds. */
function withMoreScopes(shown: Readonly<Record<string, unknown>>): object {
  return JSON.parse(JSON.stringify(shown), (name, value: unknown) =>
    name === 'scopes' && Array.isArray(value) ? (expect.arrayContaining(value) as unknown) : value,
  ) as object;
}
