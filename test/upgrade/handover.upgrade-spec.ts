import { SpawnedApps, SseClient, waitFor } from '#zakops/testing';
import pg from 'pg';
import type { Browser } from '../security/support/browser.js';
import { Activity, ticketsIn } from './support/activity.js';
import { PATIENCE_MS, Release } from './support/release.js';
import { allPublished, atAddress, deliveredTo, epochOf, faultsOfTheLog, headOf, logInAdmin, SETTINGS } from './support/scene.js';
import { query, Server } from './support/server.js';
import { Writers } from './support/writers.js';

/** What fails once is dead. */
const ONE_ATTEMPT = { ...SETTINGS, OUTBOX_MAX_ATTEMPTS: '1' };

const EVERY_TICKET = `
  SELECT event_id, consumer, ordinal, event_type, stream, status, attempts, replay_count, due_at, created_at, reason_code, last_error,
         first_failed_at, last_attempt_at
    FROM zakops.outbox WHERE status <> 'delivered' ORDER BY consumer, ordinal`;

jest.setTimeout(180_000);

let server: Server;
let previous: Release;
const current = Release.current();
let url: string;
let activity: Activity;
const apps = new SpawnedApps();
const { started } = apps;

beforeAll(async () => {
  [server, previous] = await Promise.all([Server.start(), Release.previous()]);
}, 180_000);
afterAll(async () => {
  await Promise.all([server.stop(), previous.remove()]);
});
beforeEach(async () => {
  url = await server.createDatabase();
  await previous.migrate(url);
  activity = await Activity.watch(url);
});
afterEach(async () => {
  await apps.kill();
});

async function makeDeals(user: Browser, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await user.makeDeal(`deal-${String(n)}`));
  return ids;
}

async function rename(user: Browser, dealIds: readonly string[], name: string): Promise<void> {
  for (const id of dealIds) {
    const { status } = await user.call('PATCH', `/api/deals/${id}`, { body: { display_name: name } });
    expect(status).toBe(200);
  }
}

async function deadLetters(user: Browser): Promise<readonly { id: string; aggregate_id: string }[]> {
  return (await user.get('/api/admin/dlq')).body['entries'] as readonly { id: string; aggregate_id: string }[];
}

async function expectNoFaults(disordered: readonly string[] = []): Promise<void> {
  expect(await faultsOfTheLog(url)).toEqual([]);
  expect(await activity.faults(disordered)).toEqual([]);
}

describe('what a worker of the previous release leaves behind', () => {
  it('is the same after the migration, is delivered once and in order, and its dead letters can be retried', async () => {
    const oldApi = await started(previous.api(url, SETTINGS));
    const strict = await started(previous.worker(url, ONE_ATTEMPT));
    const user = await logInAdmin(previous, url, oldApi.url);
    const [dead, failing] = [await makeDeals(user, 2), await makeDeals(user, 2)];
    await allPublished(url);
    await deliveredTo(url);
    await activity.refuse([...dead, ...failing]);
    await rename(user, dead, 'dead');
    await ticketsIn(url, 'dead', 2);
    await strict.stop();
    const patient = await started(previous.worker(url, SETTINGS));
    await rename(user, failing, 'failed');
    await ticketsIn(url, 'failed', 2);
    await rename(user, failing, 'behind a failed one');
    await allPublished(url);
    expect((await patient.stop()).code).toBe(0);
    await rename(user, [...dead, ...failing], 'not published');
    await makeDeals(user, 5);

    const before = await query(url, EVERY_TICKET);
    const delivered = await query(
      url,
      `SELECT event_id, consumer, delivered_at FROM zakops.outbox WHERE status = 'delivered' ORDER BY 1, 2`,
    );
    await current.migrate(url);
    expect(before.length).toBeGreaterThanOrEqual(15);
    expect(await query(url, EVERY_TICKET)).toEqual(before);
    expect(await query(url, 'SELECT event_id, consumer, delivered_at FROM zakops.outbox_history ORDER BY 1, 2')).toEqual(delivered);

    const api = await started(current.api(url, SETTINGS));
    await query(url, `UPDATE zakops.outbox_tickets SET due_at = now() + interval '30 minutes' WHERE status = 'failed'`);
    await activity.accept(dead);
    // With room for two: what waits behind failed tickets, which the old version left due, takes it from nobody.
    await started(current.worker(url, { ...SETTINGS, OUTBOX_BATCH_SIZE: '2' }));
    await allPublished(url);
    const admin = atAddress(user, api.url);
    const letters = await deadLetters(admin);
    expect(letters.map((letter) => letter.aggregate_id).sort()).toEqual([...dead].sort());
    for (const { id } of letters) expect((await admin.post(`/api/admin/dlq/${id}/retry`)).status).toBe(200);
    for (const id of dead) {
      await waitFor('the dead letter', async () => (await activity.takenOf(id)).includes(2), PATIENCE_MS);
      expect(await activity.takenOf(id)).toEqual([1, 3, 2]);
    }
    expect(await deadLetters(admin)).toEqual([]);

    await activity.accept(failing);
    await query(url, `UPDATE zakops.outbox_tickets SET due_at = now() WHERE status = 'failed'`);
    await deliveredTo(url);
    await expectNoFaults(dead);
  });

  it('blames no attempt on a batch that it had claimed when it was killed', async () => {
    await current.migrate(url);
    const api = await started(current.api(url, SETTINGS));
    const user = await logInAdmin(current, url, api.url);
    const release = await activity.halt();
    await makeDeals(user, 10);
    const worker = await started(previous.worker(url, SETTINGS));
    await ticketsIn(url, 'processing', 10);
    await worker.stop('SIGKILL');
    await release();
    await query(url, `UPDATE zakops.worker_leases SET expires_at = now() WHERE name = 'outbox'`);

    await started(current.worker(url, ONE_ATTEMPT));
    await deliveredTo(url);
    expect(await query(url, 'SELECT FROM zakops.outbox_attempts')).toEqual([]);
    expect(await query(url, `SELECT FROM zakops.outbox_tickets WHERE status <> 'delivered'`)).toEqual([]);
    await expectNoFaults();
  });

  it('takes its place only when what it is claiming at the moment is claimed', async () => {
    await current.migrate(url);
    const old = await started(previous.worker(url, SETTINGS));
    const claim = new pg.Client({ connectionString: url });
    await claim.connect();
    try {
      await claim.query(`BEGIN; SELECT FROM zakops.worker_leases WHERE name = 'outbox-claims' FOR SHARE`);
      await old.stop('SIGKILL');
      await query(url, `UPDATE zakops.worker_leases SET expires_at = now() WHERE name = 'outbox'`);
      const worker = await started(current.worker(url, SETTINGS, false));
      await waitFor('the new worker to wait', async () => {
        const waiting = await query(url, `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
        return waiting.length > 0;
      });
      expect(worker.lines.filter((line) => line.includes('is the active one'))).toEqual([]);
      await claim.query('COMMIT');
      await worker.waitForLine('This worker is the active one now', PATIENCE_MS);
    } finally {
      await claim.end();
    }
  });
});

describe('the API of the previous release beside a worker of this one', () => {
  it('reads, retries and purges dead letters, resumes streams; and what was purged never comes again', async () => {
    await current.migrate(url);
    const oldApi = await started(previous.api(url, SETTINGS));
    const worker = await started(current.worker(url, ONE_ATTEMPT));
    const user = await logInAdmin(previous, url, oldApi.url);
    const [retried = '', purged = '', purgedLater = ''] = await makeDeals(user, 3);
    await deliveredTo(url);
    await activity.refuse([retried, purged, purgedLater]);
    await rename(user, [retried, purged], 'dead');
    await ticketsIn(url, 'dead', 2);
    expect((await user.get('/api/admin/dlq/stats')).body).toMatchObject({ total_count: 2 });
    expect((await user.get('/api/admin/outbox/stats')).body).toMatchObject({
      by_status: { dead: 2, failed: 0, processing: 0 },
      leader: { alive: true },
    });
    const idOf = async (dealId: string): Promise<string> =>
      (await deadLetters(user)).find((letter) => letter.aggregate_id === dealId)?.id ?? '';
    await activity.accept([retried, purged]);
    expect((await user.post(`/api/admin/dlq/${await idOf(retried)}/retry`)).status).toBe(200);
    expect((await user.call('DELETE', `/api/admin/dlq/${await idOf(purged)}`)).status).toBe(200);
    await deliveredTo(url);
    expect(await deadLetters(user)).toEqual([]);

    const lastEventId = `${await epochOf(url)}-1`;
    const stream = await SseClient.open(`${oldApi.url}/api/events/stream`, { lastEventId, headers: { cookie: user.cookieHeader } });
    await stream.waitForFrame('replayed');
    await makeDeals(user, 2);
    await allPublished(url);
    const head = await headOf(url);
    await waitFor('the end of the log', () => stream.positions.at(-1) === head, PATIENCE_MS);
    expect(stream.positions).toEqual(Array.from({ length: head - 1 }, (_, n) => n + 2));
    stream.close();

    // The old worker makes a dead letter of its own, which is purged while it leads.
    await worker.stop();
    const oldWorker = await started(previous.worker(url, ONE_ATTEMPT));
    await rename(user, [purgedLater], 'dead');
    await ticketsIn(url, 'dead', 1);
    await waitFor('a report of the old worker', async () => {
      const rows = await query(url, `SELECT FROM zakops.worker_leases WHERE name = 'outbox' AND report ? 'consumers'`);
      return rows.length === 1;
    });
    expect((await user.call('DELETE', `/api/admin/dlq/${await idOf(purgedLater)}`)).status).toBe(200);
    await activity.accept([purgedLater]);
    await oldWorker.stop();
    await started(current.worker(url, SETTINGS));
    await makeDeals(user, 1);
    await allPublished(url);
    await deliveredTo(url);
    expect(await activity.takenOf(retried)).toEqual([1, 2]);
    expect(await activity.takenOf(purged)).toEqual([1]);
    expect(await activity.takenOf(purgedLater)).toEqual([1]);
    expect(await activity.faults()).toEqual([]);
  });
});

describe('a worker of the previous release with a backlog of 20,000 events', () => {
  /** Written as the API of the previous release does. */
  const append = (first: number, last: number): Promise<unknown> =>
    query(
      url,
      `WITH made AS (
         INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
         SELECT gen_random_uuid(), 'deal.created', 1, 'deal', 'BACKLOG-' || n % 5000, 1 + n / 5000, '{}', 'backlog', 'system:test'
           FROM generate_series($1::int, $2) AS n
         RETURNING id, type, aggregate_type, aggregate_id, aggregate_seq)
       INSERT INTO zakops.outbox (event_id, consumer, event_type, stream)
       SELECT id, 'log', type, zakops.stream_of(aggregate_type, aggregate_id) FROM made ORDER BY aggregate_seq`,
      [first, last],
    );

  it('goes on while the schema is migrated under load, also with what it had claimed, and comes to the end of it', async () => {
    const api = await started(previous.api(url, SETTINGS));
    const user = await logInAdmin(previous, url, api.url);
    const goOn = await activity.halt();
    await append(0, 9_999);
    const writers = new Writers(user, [api.url], 2);
    const worker = await started(previous.worker(url, SETTINGS));
    await waitFor('a claim', async () => (await query(url, `SELECT FROM zakops.outbox WHERE status = 'processing'`)).length > 0);
    // The consumer has its batch in hand when the tickets move. Later migrations may need what that batch has locked.
    const migrated = current.migrate(url);
    await waitFor(
      'tickets to have moved',
      async () => (await query(url, `SELECT FROM zakops.migrations WHERE name = 'Cursors0000000000011'`)).length === 1,
      PATIENCE_MS,
    );
    await goOn();
    await append(10_000, 19_999);
    await migrated;
    await writers.more(10);
    await writers.stop();
    expect(writers.failures).toEqual([]);
    await waitFor('the end of the backlog', async () => (await query(url, 'SELECT FROM public.taken')).length >= 20_010, 120_000);
    await deliveredTo(url);
    await expectNoFaults();
    expect((await worker.stop()).code).toBe(0);
  });
});
