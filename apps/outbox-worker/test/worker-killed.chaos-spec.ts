import { spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutboxTestbed } from '../../../libs/outbox/test/outbox-testbed.js';
import type { OutboxProcess } from '../../../libs/outbox/test/outbox-testbed.js';

const FAST = { OUTBOX_POLL_INTERVAL: '0.1' };
const TAKEOVER_LIMIT_MS = 15_000;
// By the clock of the database, from the harm to the new owner.
const AFTER_KILL_MS = 3_000;
const AFTER_FREEZE_MS = 5_000;

interface Situation {
  readonly bed: OutboxTestbed;
  readonly writer: OutboxProcess;
  worker(env?: Readonly<Record<string, string>>, active?: boolean): Promise<SpawnedApp>;
}

describe('a worker that dies', () => {
  let situation: Situation;
  let workers: SpawnedApp[];

  beforeEach(async () => {
    workers = [];
    const bed = await OutboxTestbed.create();
    situation = {
      bed,
      writer: await bed.start({ relay: false }),
      worker: async (env = {}, active = true) => {
        const worker = await spawnWorker(bed.database.url, { ...FAST, ...env }, active);
        workers.push(worker);
        return worker;
      },
    };
  });

  afterEach(async () => {
    // A stopped process does not hear SIGKILL's politer sisters.
    await Promise.all(
      workers.filter(({ process }) => process.exitCode === null && process.signalCode === null).map((worker) => worker.stop('SIGKILL')),
    );
    await situation.bed.dispose();
  });

  const count = async (sql: string): Promise<number> => {
    const [row] = await situation.bed.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`);
    return row?.n ?? -1;
  };

  async function expectExactlyOnce(events: number): Promise<void> {
    await waitFor('every delivery', async () => (await count(`zakops.deal_activity`)) === events, 30_000);
    const { database } = situation.bed;
    const [log] = await database.query(
      `SELECT count(*)::int AS n, min(position)::int AS first, max(position)::int AS last, count(DISTINCT event_id)::int AS events FROM zakops.event_log`,
    );
    expect(log).toEqual({ n: events, first: 1, last: events, events });
    const [effects] = await database.query(`SELECT count(*)::int AS n, count(DISTINCT id)::int AS events FROM zakops.deal_activity`);
    expect(effects).toEqual({ n: events, events });
    await waitFor('the cursor', async () => (await count(`zakops.outbox WHERE status <> 'delivered'`)) === 0);
    const inversions = await database.query(
      `SELECT 1 FROM (SELECT e.aggregate_seq, lag(e.aggregate_seq) OVER (PARTITION BY e.aggregate_id ORDER BY l.position) AS before
                        FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id) s WHERE before > aggregate_seq`,
    );
    expect(inversions).toEqual([]);
  }

  /** Has an event be handled and not committed: the projection cannot write while its table is held. */
  async function inHand(events: number): Promise<{ release: () => Promise<void> }> {
    const { bed, writer } = situation;
    const blocker = await bed.database.connect();
    await blocker.query('BEGIN; LOCK TABLE zakops.deal_activity IN ACCESS EXCLUSIVE MODE');
    await writer.append(...Array.from({ length: events }, (_, index) => bed.event(index % 5)));
    await waitFor('the handler', async () => {
      const rows = await bed.database.query(
        `SELECT 1 AS one FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%deal_activity%'`,
      );
      return rows.length > 0;
    });
    return {
      release: async () => {
        await blocker.query('COMMIT');
        await blocker.end();
      },
    };
  }

  const databaseNow = async (): Promise<Date> =>
    (await situation.bed.database.query<{ now: Date }>('SELECT clock_timestamp() AS now'))[0]?.now ?? new Date(0);
  const acquiredAt = async (): Promise<Date> =>
    (await situation.bed.database.query<{ at: Date }>(`SELECT acquired_at AS at FROM zakops.worker_leases WHERE name = 'outbox'`))[0]?.at ??
    new Date(0);

  it('in the middle of a batch leaves nothing behind: the next one delivers it all, once, and blames none of it', async () => {
    const doomed = await situation.worker();
    const { release } = await inHand(50);
    await doomed.stop('SIGKILL');
    const next = await situation.worker({}, false);
    await release();
    await next.waitForLine('This worker is the active one now', TAKEOVER_LIMIT_MS);
    await expectExactlyOnce(50);
    expect(await count('zakops.outbox_attempts')).toBe(0);
  }, 60_000);

  it('hands over to a standby within three seconds', async () => {
    const { bed, writer } = situation;
    const first = await situation.worker();
    const standby = await situation.worker({}, false);
    await standby.waitForLine('Another worker is active');
    await writer.append(...Array.from({ length: 20 }, (_, index) => bed.event(index)));
    await waitFor('the first deliveries', async () => (await count(`zakops.deal_activity`)) === 20);
    const killedAt = await databaseNow();
    await first.stop('SIGKILL');
    await writer.append(...Array.from({ length: 20 }, (_, index) => bed.event(index)));
    await standby.waitForLine('This worker is the active one now', TAKEOVER_LIMIT_MS);
    expect((await acquiredAt()).getTime() - killedAt.getTime()).toBeLessThan(AFTER_KILL_MS);
    await expectExactlyOnce(40);
  }, 60_000);

  it('and dies again with every event that it takes counts an attempt for each of these alone, and kills none of the others', async () => {
    const { bed, writer } = situation;
    await writer.append(...Array.from({ length: 300 }, (_, index) => bed.event(index)));
    const crashes = 6;
    for (let n = 0; n < crashes; n += 1) {
      const worker = await situation.worker({ OUTBOX_CRASH_POINT: 'after-effect' }, false);
      await waitFor('its end', () => worker.process.signalCode === 'SIGKILL', TAKEOVER_LIMIT_MS);
    }
    expect(await count(`zakops.outbox_tickets WHERE status = 'dead'`)).toBe(0);
    // The first crash names nobody, because nothing was marked before it; the last one is counted by the next worker.
    expect(await count(`zakops.outbox_attempts WHERE reason_code = 'worker_crashed'`)).toBe(crashes - 2);
    expect(await count('zakops.outbox_attempts')).toBe(crashes - 2);
    const last = await situation.worker({}, false);
    await last.waitForLine('This worker is the active one now', TAKEOVER_LIMIT_MS);
    await bed.skipWaits();
    await expectExactlyOnce(300);
  }, 120_000);

  it('again and again under load, loses and doubles nothing', async () => {
    const { bed, writer } = situation;
    let appended = 0;
    let writing = true;
    const write = async (): Promise<void> => {
      while (writing) {
        await writer.append(...Array.from({ length: 10 }, (_, index) => bed.event(index)));
        appended += 10;
        // Load, not flood: about 500 events a second.
        await sleep(20);
      }
    };
    const load = write();
    for (let round = 0; round < 4; round += 1) {
      const worker = await situation.worker({}, false);
      await worker.waitForLine('This worker is the active one now', TAKEOVER_LIMIT_MS);
      const before = await count('zakops.event_log');
      await waitFor('some progress', async () => (await count('zakops.event_log')) > before + 50);
      await worker.stop('SIGKILL');
    }
    writing = false;
    await load;
    const last = await situation.worker({}, false);
    await last.waitForLine('This worker is the active one now', TAKEOVER_LIMIT_MS);
    await expectExactlyOnce(appended);
  }, 120_000);

  it('only sleeps past the end of its lease, and does no harm when it wakes', async () => {
    const { bed, writer } = situation;
    const sleeper = await situation.worker();
    await writer.append(...Array.from({ length: 20 }, (_, index) => bed.event(index)));
    await waitFor('the first deliveries', async () => (await count(`zakops.deal_activity`)) === 20);
    const standby = await situation.worker({}, false);
    await standby.waitForLine('Another worker is active');
    const { release } = await inHand(20);
    const frozenAt = await databaseNow();
    sleeper.process.kill('SIGSTOP');
    await standby.waitForLine('This worker is the active one now', TAKEOVER_LIMIT_MS);
    expect((await acquiredAt()).getTime() - frozenAt.getTime()).toBeLessThan(AFTER_FREEZE_MS);
    await release();
    // The other one is still frozen, and holds up nobody.
    await waitFor('the deliveries', async () => (await count(`zakops.deal_activity`)) === 40);
    sleeper.process.kill('SIGCONT');
    await sleeper.waitForLine('The lease is lost; standing by.');
    await writer.append(...Array.from({ length: 20 }, (_, index) => bed.event(index)));
    await expectExactlyOnce(60);
  }, 60_000);

  it('that is asked to stop finishes its batch, gives its lease back and exits 0', async () => {
    const { bed, writer } = situation;
    const worker = await situation.worker();
    const { release } = await inHand(500);
    const ending = worker.stop('SIGTERM');
    await writer.append(...Array.from({ length: 100 }, (_, index) => bed.event(index % 50)));
    await release();
    expect(await ending).toEqual({ code: 0, signal: null });
    // What was in hand is done; what was not begun is left.
    expect(await count('zakops.deal_activity')).toBe(500);
    expect(await count(`zakops.worker_leases WHERE name = 'outbox' AND expires_at = '-infinity'`)).toBe(1);
    expect(await count('zakops.outbox_attempts')).toBe(0);
    await situation.worker();
    await expectExactlyOnce(600);
  }, 60_000);
});
