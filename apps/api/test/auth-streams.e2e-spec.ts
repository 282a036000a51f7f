import { makeEvent } from '#zakops/contracts';
import { Database, UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { newCall, runInCall } from '#zakops/observability';
import { Outbox } from '#zakops/outbox';
import { spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp, SseClient } from '#zakops/testing';
import { AuthApi, bearer, browser } from './auth-harness.js';
import type { AuthAnswer } from './auth-harness.js';

type Sent = Readonly<Record<string, string>>;

const LOCKED = 'operator.login_locked';
const CREATED = 'deal.created';

describe('events and who may see them', () => {
  let api: AuthApi;
  let worker: SpawnedApp;
  let locked: string;
  let everybody: Readonly<Record<'admin' | 'analyst' | 'viewer' | 'dealsKey' | 'usersKey', Sent>>;

  beforeAll(async () => {
    api = await AuthApi.start();
    worker = await spawnWorker(api.database.url, { OUTBOX_POLL_INTERVAL: '0.1' });
    const admin = await api.logIn('admin');
    everybody = {
      admin: browser(admin),
      analyst: browser(await api.logIn('analyst')),
      viewer: browser(await api.logIn('viewer')),
      dealsKey: bearer((await api.issueKey(admin.operatorId, ['deals:read'])).key),
      usersKey: bearer((await api.issueKey(admin.operatorId, ['deals:read', 'admin:users'])).key),
    };
    locked = await append(1, 'DEAL-000001');
  }, 60_000);

  afterAll(async () => {
    await worker.stop();
    await api.stop();
  });

  /** Publishes an event for everybody and one for administrators, with one correlation; gives the id of the latter. */
  async function append(seq: number, dealId: string): Promise<string> {
    const operatorId = uuidV7();
    const forAll = makeEvent(CREATED, uuidV7(), dealId, seq, {
      deal_id: dealId,
      canonical_name: 'acme',
      display_name: null,
      stage: 'inbound',
      status: 'active',
      source: 'api',
    });
    const forAdmins = makeEvent(LOCKED, uuidV7(), operatorId, 1, {
      operator_id: operatorId,
      email: 'ann@example.com',
      address: '203.0.113.7',
      failed_attempts: 5,
      locked_until: '2026-01-31T12:00:00.000Z',
    });
    await runInCall({ ...newCall(), correlationId: 'one' }, () =>
      api.app.get(UnitOfWork).run((tx) => {
        api.app.get(Outbox).append(tx, [forAdmins, forAll]);
        return Promise.resolve();
      }),
    );
    await waitFor('both to be published', async () => {
      const [row] = await api.database.query('SELECT count(*)::int AS n FROM zakops.event_log WHERE event_id = ANY ($1::uuid[])', [
        [forAll.id, forAdmins.id],
      ]);
      return (row as { n: number }).n === 2;
    });
    return forAdmins.id;
  }

  const typesIn = (body: unknown): string[] => [...new Set((body as { type: string }[]).map(({ type }) => type))].sort();
  const get = (path: string, headers: Sent): Promise<AuthAnswer> => api.call(path, headers);

  it.each([
    ['admin', [CREATED, LOCKED]],
    ['usersKey', [CREATED, LOCKED]],
    ['analyst', [CREATED]],
    ['viewer', [CREATED]],
    ['dealsKey', [CREATED]],
  ] as const)('%s sees %j, wherever events are shown', async (who, expected) => {
    const headers = everybody[who];
    const shown = {
      recent: typesIn((await get('/api/events/recent', headers)).body),
      'recent, asked for by type': typesIn((await get(`/api/events/recent?event_types=${LOCKED},${CREATED}`, headers)).body),
      correlation: typesIn((await get('/api/events/by-correlation/one', headers)).body),
      poll: typesIn((await get('/api/events/poll?since=0', headers)).body['events']),
      'first poll': typesIn((await get('/api/events/poll', headers)).body['events']),
      stats: Object.keys((await get('/api/events/stats', headers)).body['by_type'] as object).sort(),
    };
    for (const [where, types] of Object.entries(shown)) expect([where, types]).toEqual([where, [...expected]]);
    const { total, by_type } = (await get('/api/events/stats', headers)).body as { total: number; by_type: Record<string, number> };
    expect(total).toBe(Object.values(by_type).reduce((sum, count) => sum + count, 0));
    const { status } = await get(`/api/events/${locked}`, headers);
    expect(status).toBe(expected.length === 2 ? 200 : 404);
  });

  it('a stream shows the same, replayed and live, to readers who stand beside each other', async () => {
    const open = async (who: keyof typeof everybody, query = ''): Promise<SseClient> =>
      api.stream({ ...everybody[who], 'last-event-id': await firstId() }, query);
    const admin = await open('admin');
    const viewer = await open('viewer');
    const key = await open('dealsKey', `?types=${LOCKED}`);
    await append(2, 'DEAL-000001');
    await admin.waitForEvents(4);
    await viewer.waitForEvents(2);
    expect(admin.events.map(({ event }) => event)).toEqual([LOCKED, CREATED, LOCKED, CREATED]);
    expect(viewer.events.map(({ event }) => event)).toEqual([CREATED, CREATED]);
    // The place moves on past what may not be seen, by the mark that comes with a heartbeat.
    await waitFor('the mark', () => key.lastEventId === admin.lastEventId);
    expect(key.events).toEqual([]);
  });

  /** The `Last-Event-ID` of the beginning of the log. */
  async function firstId(): Promise<string> {
    const stream = await api.stream(everybody.admin);
    const id = String(stream.headers['last-event-id']);
    stream.close();
    return id.replace(/-\d+$/, '-0');
  }

  it('who may not read deals gets no event at all', async () => {
    const { key } = await api.issueKey((await api.logIn('admin')).operatorId, ['quarantine:read', 'admin:users']);
    const paths = ['stream', 'poll', 'recent', 'stats', 'by-correlation/one', locked];
    const answers = await Promise.all(paths.map(async (path) => (await api.call(`/api/events/${path}`, bearer(key))).status));
    expect(new Set(answers)).toEqual(new Set([403]));
  });

  it('a stream ends when its reader may do less than before, and shows the rest when it comes back', async () => {
    const ann = await api.logIn('admin');
    const stream = await api.stream(browser(ann));
    await stream.waitForFrame('live');
    await api.change(ann.operatorId, "role = 'viewer'");
    await stream.waitForEnd(2_500);
    expect(JSON.parse(stream.frames.at(-1)?.data ?? '')).toEqual({ reason: 'unauthorized', reconnect_after_ms: 1_000 });
    expect((await api.stream(browser(ann))).status).toBe(200);
    expect((await api.call('/api/admin/sse/stats', everybody.admin)).body['closed_by_cause']).toMatchObject({ unauthorized: 1 });
  });

  it('a stream goes on when its reader may do more', async () => {
    const ann = await api.logIn('viewer');
    const stream = await api.stream(browser(ann));
    await stream.waitForFrame('live');
    await api.change(ann.operatorId, "role = 'analyst'");
    await append(3, 'DEAL-000001');
    await stream.waitForEvents(1);
    expect(stream.isEnded).toBe(false);
  });

  it('a stream ends with its session: at its limit, and when its password must be changed', async () => {
    const [ann, bob] = [await api.logIn('viewer'), await api.logIn('viewer')];
    const streams = [await api.stream(browser(ann)), await api.stream(browser(bob))];
    for (const stream of streams) await stream.waitForFrame('live');
    await api.database.query(`UPDATE zakops.sessions SET idle_expires_at = now() WHERE id = $1`, [ann.session.id]);
    await api.change(bob.operatorId, 'must_change_password = true');
    for (const stream of streams) await stream.waitForEnd(5_000);
  });

  it('one operator may hold so many streams, with all sessions and keys together', async () => {
    const ann = await api.logIn('viewer');
    const again = await api.logIn({ id: ann.operatorId });
    const { key } = await api.issueKey(ann.operatorId, ['deals:read']);
    const held = await Promise.all([browser(ann), browser(ann), browser(again), browser(again), bearer(key)].map((who) => api.stream(who)));
    expect(held.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await api.stream(bearer(key))).status).toBe(429);
  });

  it('a session holds four state streams beside its event streams, and they end with it', async () => {
    const ann = await api.logIn('admin');
    const watch = (): Promise<SseClient> => api.stream(browser(ann), '', '/api/admin/ops/stream');
    const watched = await Promise.all([watch(), watch(), watch(), watch()]);
    expect([(await watch()).status, (await api.stream(browser(ann))).status]).toEqual([429, 200]);
    for (const stream of watched) await stream.waitForFrame('snapshot');

    await api.database.query(`UPDATE zakops.sessions SET idle_expires_at = now() WHERE id = $1`, [ann.session.id]);

    for (const stream of watched) {
      await stream.waitForEnd(5_000);
      expect(JSON.parse(stream.frames.at(-1)?.data ?? '')).toEqual({ reason: 'unauthorized', reconnect_ms: 1_000 });
    }
  });

  it('looking after many streams costs no more questions than after one', async () => {
    const readers = await Promise.all(Array.from({ length: 12 }, () => api.logIn('viewer')));
    for (const reader of readers) for (let n = 0; n < 4; n += 1) await (await api.stream(browser(reader))).waitForFrame('live');
    const queries = jest.spyOn(api.app.get(Database), 'query');
    const startedAt = performance.now();
    const looks = (): number =>
      queries.mock.calls.filter(([statement]) => JSON.stringify(statement).includes('zakops.sessions s JOIN')).length;
    await waitFor('three looks', () => looks() >= 3);
    expect(performance.now() - startedAt).toBeGreaterThan(2_000);
    queries.mockRestore();
  });
});

it('streams of the development operator are not looked after', async () => {
  const api = await AuthApi.start({ AUTH_REQUIRED: 'false' });
  const stream = await api.stream({});
  await stream.waitForFrame('live');
  const queries = jest.spyOn(api.app.get(Database), 'query');
  // Some heartbeats later than the next look would be.
  const before = stream.comments.length;
  await waitFor('heartbeats', () => stream.comments.length >= before + 8);
  expect(queries.mock.calls.filter(([statement]) => JSON.stringify(statement).includes('zakops.sessions s JOIN'))).toEqual([]);
  queries.mockRestore();
  await api.stop();
});
