import { spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { OutboxTestbed } from '../../../libs/outbox/test/outbox-testbed.js';
import type { OutboxProcess } from '../../../libs/outbox/test/outbox-testbed.js';
import { Pauses } from '../../../libs/outbox/test/pause-testbed.js';
import { SeededRandom } from '../../../libs/outbox/test/seeded-random.js';

const FAST = { OUTBOX_POLL_INTERVAL: '0.1', OUTBOX_BATCH_SIZE: '50' };
const SEED = Number(process.env['PAUSE_CHAOS_SEED'] ?? 1);
const DEALS = 2_500;
const EVENTS = 6_000;

describe(`a worker that is killed around a pause, seed ${String(SEED)}`, () => {
  let bed: OutboxTestbed;
  let writer: OutboxProcess;
  let pauses: Pauses;
  let worker: SpawnedApp;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    // Numbers the effects in the order in which they are written.
    await bed.database.query(
      `ALTER TABLE zakops.deal_activity ADD COLUMN n bigserial; GRANT USAGE ON ALL SEQUENCES IN SCHEMA zakops TO PUBLIC`,
    );
    writer = await bed.start({ relay: false });
    pauses = new Pauses(writer);
    worker = await spawnWorker(bed.database.url, FAST);
  });
  afterEach(async () => {
    await worker.stop('SIGKILL');
    await bed.dispose();
  });

  const count = async (from: string): Promise<number> =>
    (await bed.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`))[0]?.n ?? -1;
  const kill = async (): Promise<void> => {
    await worker.stop('SIGKILL');
    worker = await spawnWorker(bed.database.url, FAST);
  };
  const append = async (events: number): Promise<void> => {
    for (let n = 0; n < events; n += 500) {
      await writer.append(...Array.from({ length: Math.min(500, events - n) }, (_, of) => bed.event((n + of) % DEALS)));
    }
  };
  /** Each event has its effect once, in the order of its deal; nothing is left, and nothing failed. */
  const expectExactlyOnce = async (events: number): Promise<void> => {
    await waitFor('every delivery', async () => (await count('zakops.deal_activity')) === events, 60_000);
    await waitFor('no ticket', async () => (await count(`zakops.outbox_tickets WHERE status <> 'delivered'`)) === 0, 30_000);
    // A kill of a careful worker blames what was in its hand; nothing else has failed.
    expect(await count(`zakops.outbox_attempts WHERE reason_code <> 'worker_crashed'`)).toBe(0);
    expect(await bed.database.query(`SELECT delivered::int AS n FROM zakops.consumer_progress WHERE consumer = 'deal-activity'`)).toEqual([
      { n: events },
    ]);
    expect(
      await count(
        '(SELECT seq, lag(seq) OVER (PARTITION BY deal_id ORDER BY n) AS before FROM zakops.deal_activity) AS s WHERE before > seq',
      ),
    ).toBe(0);
  };

  it('leaves what is held held, and delivers it all once after the resume that it dies in', async () => {
    const pause = await pauses.begin({ scope: 'event_type', eventType: 'deal.*' });
    await append(EVENTS);
    await waitFor('every ticket', async () => (await count('zakops.outbox_tickets')) === EVENTS, 60_000);
    await kill();
    await append(100);
    await waitFor('the tickets of what came since', async () => (await count('zakops.outbox_tickets')) === EVENTS + 100, 30_000);
    expect(await count('zakops.deal_activity')).toBe(0);

    await pauses.resume(pause);
    await waitFor(
      'a part of the release',
      async () => (await count('zakops.outbox_tickets WHERE held_by IS NULL AND due_at IS NOT NULL')) > 0,
    );
    await kill();
    await expectExactlyOnce(EVENTS + 100);
    expect(await count('zakops.delivery_pauses WHERE released_at IS NOT NULL')).toBe(1);
  }, 180_000);

  it('delivers nothing of a paused consumer, whatever dies, and everything once afterwards', async () => {
    const pause = await pauses.begin({ scope: 'consumer', consumer: 'deal-activity' });
    await append(500);
    await kill();
    await waitFor('the log', async () => (await count('zakops.event_log')) === 500, 30_000);
    expect(await count('zakops.deal_activity')).toBe(0);
    await pauses.resume(pause);
    await kill();
    await expectExactlyOnce(500);
  }, 120_000);

  it('keeps the order of each deal under pauses of random scopes and kills', async () => {
    const random = new SeededRandom(SEED);
    let total = 0;
    const open: { readonly id: string }[] = [];
    for (let round = 0; round < 6; round += 1) {
      const id = `DEAL-${String(random.below(20)).padStart(6, '0')}`;
      open.push(
        await pauses.begin(
          random.of([
            { scope: 'all' },
            { scope: 'consumer', consumer: 'deal-activity' },
            { scope: 'event_type', eventType: 'deal.updated' },
            { scope: 'aggregate', aggregateType: 'deal', aggregateId: id },
            { scope: 'aggregate', aggregateType: 'deal', aggregateId: id },
          ] as const),
        ),
      );
      await writer.append(...Array.from({ length: 300 }, () => bed.event(random.below(20))));
      total += 300;
      if (random.below(2) === 0) await kill();
      const [ended] = open.splice(random.below(open.length), random.below(2));
      if (ended !== undefined) await pauses.resume(ended);
    }
    for (const pause of open) await pauses.resume(pause);
    await kill();
    await expectExactlyOnce(total);
  }, 180_000);
});
