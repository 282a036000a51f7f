import { spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutboxTestbed } from '../../../libs/outbox/test/outbox-testbed.js';
import type { OutboxProcess } from '../../../libs/outbox/test/outbox-testbed.js';

const FAST = { OUTBOX_POLL_INTERVAL: '0.1' };
const TAKEOVER_LIMIT_MS = 15_000;

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
    await waitFor(
      'every delivery',
      async () => (await count(`zakops.outbox WHERE status = 'delivered' AND consumer <> 'log'`)) === events,
      30_000,
    );
    const { database } = situation.bed;
    const [log] = await database.query(
      `SELECT count(*)::int AS n, min(position)::int AS first, max(position)::int AS last, count(DISTINCT event_id)::int AS events FROM zakops.event_log`,
    );
    expect(log).toEqual({ n: events, first: 1, last: events, events });
    const [effects] = await database.query(`SELECT count(*)::int AS n, count(DISTINCT id)::int AS events FROM zakops.deal_activity`);
    expect(effects).toEqual({ n: events, events });
    expect(await count(`zakops.outbox WHERE status <> 'delivered'`)).toBe(0);
    const inversions = await database.query(
      `SELECT 1 FROM (SELECT e.aggregate_seq, lag(e.aggregate_seq) OVER (PARTITION BY e.aggregate_id ORDER BY l.position) AS before
                        FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id) s WHERE before > aggregate_seq`,
    );
    expect(inversions).toEqual([]);
  }

  it('in the middle of a batch leaves nothing behind: the next one delivers it all, once', async () => {
    const { bed, writer } = situation;
    const doomed = await situation.worker();
    const blocker = await bed.database.connect();
    // The projection cannot write while we hold its table: the batch is claimed and its handler hangs.
    await blocker.query('BEGIN; LOCK TABLE zakops.deal_activity IN ACCESS EXCLUSIVE MODE');
    await writer.append(...Array.from({ length: 50 }, (_, index) => bed.event(index % 5)));
    await waitFor('the claim', async () => (await count(`zakops.outbox WHERE status = 'processing'`)) === 50);
    await doomed.stop('SIGKILL');
    expect(await count(`zakops.outbox WHERE status = 'processing'`)).toBe(50);
    const diedAt = Date.now();
    const next = await situation.worker({}, false);
    await blocker.query('COMMIT');
    await next.waitForLine('This worker is the active one now', TAKEOVER_LIMIT_MS);
    await waitFor(
      'the rescue',
      async () => (await count(`zakops.outbox WHERE status = 'processing' AND attempts < 2`)) === 0,
      TAKEOVER_LIMIT_MS,
    );
    expect(Date.now() - diedAt).toBeLessThan(TAKEOVER_LIMIT_MS);
    await expectExactlyOnce(50);
    expect(await count(`zakops.outbox_attempts WHERE reason_code = 'lease_expired'`)).toBe(50);
  }, 60_000);

  it('hands over to a standby within 15 s', async () => {
    const { bed, writer } = situation;
    const first = await situation.worker();
    const standby = await situation.worker({}, false);
    await writer.append(...Array.from({ length: 20 }, (_, index) => bed.event(index)));
    await waitFor('the first deliveries', async () => (await count(`zakops.deal_activity`)) === 20);
    await first.stop('SIGKILL');
    await writer.append(...Array.from({ length: 20 }, (_, index) => bed.event(index)));
    await standby.waitForLine('This worker is the active one now', TAKEOVER_LIMIT_MS);
    await expectExactlyOnce(40);
  }, 60_000);

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
    const blocker = await bed.database.connect();
    await blocker.query('BEGIN; LOCK TABLE zakops.deal_activity IN ACCESS EXCLUSIVE MODE');
    await writer.append(...Array.from({ length: 20 }, (_, index) => bed.event(index)));
    await waitFor('the claim', async () => (await count(`zakops.outbox WHERE status = 'processing'`)) === 20);
    sleeper.process.kill('SIGSTOP');
    await standby.waitForLine('This worker is the active one now', TAKEOVER_LIMIT_MS);
    sleeper.process.kill('SIGCONT');
    await blocker.query('COMMIT');
    await sleeper.waitForLine('The lease is lost; standing by.');
    await writer.append(...Array.from({ length: 20 }, (_, index) => bed.event(index)));
    await expectExactlyOnce(60);
  }, 60_000);

  it('that is asked to stop finishes its batch, gives its lease back and exits 0', async () => {
    const { bed, writer } = situation;
    const worker = await situation.worker();
    await writer.append(...Array.from({ length: 500 }, (_, index) => bed.event(index % 50)));
    const ended = await worker.stop('SIGTERM');
    expect(ended).toEqual({ code: 0, signal: null });
    expect(await count(`zakops.outbox WHERE status = 'processing'`)).toBe(0);
    expect(await count(`zakops.worker_leases WHERE expires_at > now()`)).toBe(0);
    expect(await count(`zakops.outbox WHERE status = 'pending' AND attempts > 0`)).toBe(0);
    await situation.worker();
    await expectExactlyOnce(500);
  }, 60_000);
});
