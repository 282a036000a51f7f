import { spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { GetReplay, ReplaysModule, StartReplay } from '../../../libs/outbox/src/index.js';
import { OutboxTestbed } from '../../../libs/outbox/test/outbox-testbed.js';
import type { OutboxProcess } from '../../../libs/outbox/test/outbox-testbed.js';

const FAST = { OUTBOX_POLL_INTERVAL: '0.1' };
const EVENTS = 4_000;
const KILLS = 4;

describe('a worker that is killed in the middle of a replay', () => {
  let bed: OutboxTestbed;
  let writer: OutboxProcess;
  let worker: SpawnedApp;

  beforeAll(async () => {
    bed = await OutboxTestbed.create();
    // Without it a second effect would not be seen.
    await bed.database.query('ALTER TABLE zakops.deal_activity DROP CONSTRAINT deal_activity_pk');
    const unique = await bed.database.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = 'zakops.deal_activity'::regclass AND i.indisunique`,
    );
    for (const { name } of unique) await bed.database.query(`DROP INDEX ${name}`);
    writer = await bed.start({ relay: false, imports: [CqrsModule.forRoot(), ReplaysModule] });
    worker = await spawnWorker(bed.database.url, FAST);
  });
  afterAll(async () => {
    await worker.stop('SIGKILL');
    await bed.dispose();
  });

  const count = async (what: string): Promise<number> =>
    (await bed.database.query<{ n: number }>(`SELECT count(${what})::int AS n FROM zakops.deal_activity`))[0]?.n ?? -1;

  it('is followed by one that goes on: every effect once, while live events go on', async () => {
    for (let n = 0; n < EVENTS; n += 500) await writer.append(...Array.from({ length: 500 }, (_, of) => bed.event(of)));
    await waitFor('every delivery', async () => (await count('*')) === EVENTS, 60_000);
    await bed.database.query('TRUNCATE zakops.deal_activity');

    const { id } = await writer.get(CommandBus).execute(new StartReplay('deal-activity', 0, EVENTS, 1_500, 'rebuild'));
    const read = (): Promise<{ state: string; position: number; delivered: number }> => writer.get(QueryBus).execute(new GetReplay(id));
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const from = (await read()).position;
      await waitFor('progress', async () => (await read()).position > from, 30_000);
      await worker.stop('SIGKILL');
      expect((await read()).state).toBe('running');
      await writer.append(bed.event(600));
      worker = await spawnWorker(bed.database.url, FAST);
    }
    await waitFor('the end', async () => (await read()).state === 'done', 60_000);
    await waitFor('live events', async () => (await count('*')) === EVENTS + KILLS, 30_000);
    expect(await read()).toMatchObject({ position: EVENTS, delivered: EVENTS });
    expect(await count('DISTINCT id')).toBe(EVENTS + KILLS);
  }, 180_000);
});
