import { SseClient, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp } from '#zakops/testing';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from '../security/support/browser.js';
import { Workshop } from './support/debian-postgres.js';
import type { DebianPostgres } from './support/debian-postgres.js';
import { testedBlocks } from './support/document.js';
import { Release } from './support/release.js';
import { allPublished, atAddress, chainHead, deliveredTo, epochOf, faultsOfTheLog, fill, headOf, SETTINGS, show } from './support/scene.js';
import type { Scene } from './support/scene.js';
import { query } from './support/server.js';
import { Writers } from './support/writers.js';

const release = Release.current();
const blocks = testedBlocks('docs/backup-and-restore.md');
const ADMIN = { email: 'admin@upgrade.example', password: 'five words of an administrator' };

jest.setTimeout(180_000);

let workshop: Workshop;
let server: DebianPostgres;
let url: string;
let scene: Scene;
/** Ended in the end, whatever happens. */
const processes: SpawnedApp[] = [];
/** As it was at the named moment. */
let then: { deals: number; shown: Awaited<ReturnType<typeof show>>; epoch: string; instant: string };
/** What a client came to afterwards: the id of its last event, which no backup has. */
let lost: { id: string; position: number; uuid: string };

const block = (name: string): string => {
  const found = blocks.get(name);
  if (found === undefined) throw new Error(`docs/backup-and-restore.md has no block "${name}".`);
  return found;
};

const bash = (name: string, env: Readonly<Record<string, string>> = {}): Promise<string> =>
  workshop.bash(block(name), { BACKUPS: workshop.path('backups'), SERVER_URL: server.url, DATABASE_URL: url, ...env });

/** The product on a database, with a worker unless it is only looked at. */
async function start(database: string, withWorker = true): Promise<{ api: SpawnedApi; worker: SpawnedApp | undefined }> {
  const api = await release.api(database, SETTINGS);
  processes.push(api);
  const worker = withWorker ? await release.worker(database, SETTINGS) : undefined;
  if (worker !== undefined) processes.push(worker);
  return { api, worker };
}

async function stopAll(): Promise<void> {
  await Promise.all(processes.splice(0).map((process) => process.stop()));
}

const dealsOf = async (database: string): Promise<number> => (await query(database, 'SELECT FROM zakops.deals')).length;

// One history for all restores: filled, backed up while clients write, a named moment, and what came after it and is lost.
beforeAll(async () => {
  workshop = await Workshop.open();
  await workshop.makeFolder('backups');
  const wal = await workshop.makeFolder('backups/wal');
  server = await workshop.newServer('old', block('archive').replaceAll('/backups/wal', wal));
  await query(server.url, 'CREATE DATABASE zakops');
  url = server.urlOf('zakops');
  await release.migrate(url);
  const { api, worker } = await start(url);
  scene = await fill(release, url, api);

  const writers = new Writers(scene.admin, [api.url], 2);
  await writers.more(5);
  await bash('base-backup');
  await bash('dump');
  await writers.more(5);
  await writers.stop();
  expect(writers.failures).toEqual([]);
  await allPublished(url);
  await deliveredTo(url);
  scene = { ...scene, anchor: await chainHead(url, scene.admin) };
  // Undelivered at the named moment, delivered later: it will be delivered once more.
  await worker?.stop();
  await scene.admin.makeDeal('undelivered-at-the-backup');
  const [{ at } = { at: '' }] = await query<{ at: string }>(url, 'SELECT clock_timestamp()::text AS at');
  then = { deals: await dealsOf(url), shown: await show(scene.admin, scene.dealIds), epoch: await epochOf(url), instant: at };
  await bash('restore-point');

  processes.push(await release.worker(url, SETTINGS));
  const stream = await SseClient.open(`${api.url}/api/events/stream`, { headers: { cookie: scene.admin.cookieHeader } });
  await stream.waitForFrame('live');
  for (let n = 0; n < 5; n += 1) await scene.admin.makeDeal(`lost-${String(n)}`);
  await allPublished(url);
  await waitFor('the lost events', async () => stream.positions.at(-1) === (await headOf(url)));
  const last = JSON.parse(stream.events.at(-1)?.data ?? '{}') as { id: string };
  lost = { id: stream.lastEventId ?? '', position: stream.positions.at(-1) ?? 0, uuid: last.id };
  stream.close();
  await stopAll();
  const [{ file } = { file: '' }] = await query<{ file: string }>(server.url, 'SELECT pg_walfile_name(pg_switch_wal()) AS file');
  await waitFor('the archive to have all', async () => {
    const rows = await query(server.url, 'SELECT FROM pg_stat_archiver WHERE last_archived_wal >= $1', [file]);
    return rows.length === 1;
  });
}, 180_000);

afterEach(stopAll);

afterAll(async () => {
  await stopAll();
  await server.stop();
  await workshop.close();
});

/** What is true of every restored database, whichever way it came: the product says so itself. */
async function verifyWithTheProduct(restored: string): Promise<void> {
  const { api } = await start(restored);
  await allPublished(restored);
  await deliveredTo(restored);
  expect(await faultsOfTheLog(restored)).toEqual([]);
  expect(await workshop.bash(block('verify'), { RESTORED_URL: restored })).toBe('0\n0\n');
  const admin = await logInAgain(api);
  expect(await epochOf(restored)).not.toBe(then.epoch);

  // Positions are given again, past what the clients of the lost future have seen.
  expect(await headOf(restored)).toBeLessThan(lost.position);
  while ((await headOf(restored)) <= lost.position + 2) {
    await admin.makeDeal('after-the-restore');
    await allPublished(restored);
  }
  await expectReset(api, admin, lost.id, 'epoch_changed');
  await expectReset(api, admin, scene.resume.id, 'epoch_changed');
  await expectReset(api, admin, lost.uuid, 'unknown_id');

  const verified = await admin.get(`/api/admin/audit/verify?anchor=${await chainHead(restored, admin)}`);
  expect(verified.body).toMatchObject({ ok: true, problem_count: 0 });
  await deliveredTo(restored);
  expect(await faultsOfTheLog(restored)).toEqual([]);
  await stopAll();
}

async function logInAgain(api: SpawnedApi): Promise<Browser> {
  const admin = atAddress(scene.admin, api.url);
  admin.cookies.clear();
  admin.csrfToken = undefined;
  expect((await admin.logIn(ADMIN.email, ADMIN.password)).status).toBe(200);
  return admin;
}

async function expectReset(api: SpawnedApi, admin: Browser, lastEventId: string, reason: string): Promise<void> {
  const stream = await SseClient.open(`${api.url}/api/events/stream`, { lastEventId, headers: { cookie: admin.cookieHeader } });
  const frame = await stream.waitForFrame('reset');
  stream.close();
  expect(JSON.parse(frame.data ?? '{}')).toMatchObject({ status: 'reset', reason });
}

describe('a dump, restored into a new server', () => {
  it('comes up, verifies, delivers what was open, and tells every client of the lost future', async () => {
    const fresh = await workshop.newServer('dumped');
    try {
      const restored = fresh.urlOf('zakops_restored');
      await bash('restore-dump', { SERVER_URL: fresh.url, RESTORED_URL: restored });
      // What is said to be done once is left out: a worker finds out without help.
      await verifyWithTheProduct(restored);
    } finally {
      await fresh.stop();
    }
  });
});

describe('a recovery to a point in time', () => {
  async function recover(name: string, target = ''): Promise<{ recovered: DebianPostgres; restored: string }> {
    const script = block('recover').replace(/^recovery_target_name = .*$/m, (line) => (target === '' ? line : target));
    await workshop.bash(script, { BACKUPS: workshop.path('backups'), NEW_DATA: workshop.path(name) });
    const recovered = await workshop.startServer(name);
    const restored = recovered.urlOf('zakops');
    await waitFor('the end of the recovery', async () => (await workshop.bash(block('recovered'), { RESTORED_URL: restored })) === 'f\n');
    return { recovered, restored };
  }

  it('leads to the named moment: everything before it, nothing after it, and every client is told', async () => {
    const { recovered, restored } = await recover('named');
    try {
      expect(await dealsOf(restored)).toBe(then.deals);
      const names = await query<{ name: string }>(restored, `SELECT canonical_name AS name FROM zakops.deals`);
      expect(names).toContainEqual({ name: 'undelivered-at-the-backup' });
      expect(await release.cli(restored, ['migrate'])).toMatchObject({ code: 0, out: 'the schema is up to date\n' });
      const { api } = await start(restored, false);
      const admin = atAddress(scene.admin, api.url);
      // Nobody has written anything yet: it is what it was, for the old session and the old anchor too.
      expect(await show(admin, scene.dealIds)).toEqual(then.shown);
      expect((await admin.get(`/api/admin/audit/verify?anchor=${scene.anchor}`)).body).toMatchObject({ ok: true, problem_count: 0 });
      await stopAll();
      await verifyWithTheProduct(restored);
    } finally {
      await recovered.stop();
    }
  });

  it('leads to an instant as well', async () => {
    const { recovered, restored } = await recover('timed', `recovery_target_time = '${then.instant}'`);
    try {
      expect(await dealsOf(restored)).toBe(then.deals);
      const lostNames = await query(restored, `SELECT FROM zakops.deals WHERE canonical_name LIKE 'lost-%'`);
      expect(lostNames).toEqual([]);
    } finally {
      await recovered.stop();
    }
  });
});

describe('a copy of the disks, which looks like the original', () => {
  it('is told from it by zakops restored, which also ends the sessions and leaves an audit entry', async () => {
    // As a snapshot of the volume, taken before the clients of the lost future wrote: same server, same timeline, same tables.
    await workshop.bash('cp --archive "$BACKUPS/base" "$NEW_DATA"', {
      BACKUPS: workshop.path('backups'),
      NEW_DATA: workshop.path('copied'),
    });
    const copy = await workshop.startServer('copied');
    const restored = copy.urlOf('zakops');
    try {
      const epoch = await epochOf(restored);
      expect(epoch).toBe(then.epoch);
      const bin = workshop.path('bin');
      await workshop.makeFolder('bin');
      await writeFile(
        join(bin, 'zakops'),
        `#!/bin/sh\nexec "${process.execPath}" "${join(release.root, 'dist/apps/cli/src/main.js')}" "$@"\n`,
      );
      await chmod(join(bin, 'zakops'), 0o755);
      const head = await headOf(restored);
      const said = await workshop.bash(`PATH="${bin}:$PATH"\n${block('restored')}`, { DATABASE_URL: restored, ...SETTINGS });
      const now = await epochOf(restored);
      expect(now).not.toBe(epoch);
      expect(said).toBe(`the event log ends at position ${String(head)}; its epoch was ${epoch} and is ${now} now\n1 session was ended\n`);
      const { api } = await start(restored);
      expect((await atAddress(scene.admin, api.url).get('/api/auth/me')).status).toBe(401);
      const admin = await logInAgain(api);
      await expectReset(api, admin, scene.resume.id, 'epoch_changed');
      expect(await epochOf(restored)).toBe(now);
      const entries = (await admin.get('/api/admin/audit?action=database.restored')).body['entries'] as Record<string, unknown>[];
      expect(entries).toEqual([
        expect.objectContaining({
          actor_type: 'system',
          actor_id: 'cli',
          before: { epoch },
          after: { epoch: now },
          details: { position: head, sessions_ended: 1, reason: 'dump of 02:00, deals deleted by mistake', typed_by: expect.any(String) },
        }),
      ]);
      const anchor = await chainHead(restored, admin);
      expect((await admin.get(`/api/admin/audit/verify?anchor=${anchor}`)).body).toMatchObject({ ok: true });
    } finally {
      await stopAll();
      await copy.stop();
    }
  });
});
