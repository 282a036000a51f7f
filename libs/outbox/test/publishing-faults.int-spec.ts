import { Database } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Publisher } from '../src/publish/publisher.js';
import { WaitingFloor } from '../src/publish/waiting-floor.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

const NO_FENCE = '0';

/** Publishing step by step, without a worker around it. */
describe('publishing while others hold or touch what waits', () => {
  let bed: OutboxTestbed;
  let writer: OutboxProcess;
  let publisher: Publisher;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    writer = await bed.start({ relay: false });
    publisher = new Publisher(writer.get(Database), { reach: () => undefined } as never);
  });
  afterEach(() => bed.dispose());

  const log = (): Promise<readonly { position: number; deal: string; seq: number }[]> =>
    bed.database.query(
      `SELECT l.position::int, e.aggregate_id AS deal, e.aggregate_seq::int AS seq
         FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id ORDER BY l.position`,
    );
  const waiting = async (): Promise<number> => (await bed.database.query('SELECT 1 AS one FROM zakops.outbox_waiting')).length;
  const publish = (): ReturnType<Publisher['publish']> => publisher.publish(NO_FENCE, 100);

  it('publishes an event once whose row another session rewrites while the step waits', async () => {
    await writer.append(bed.event(1));
    await writer.append(bed.event(2));
    const head = await bed.database.connect();
    const toucher = await bed.database.connect();
    await head.query('BEGIN; SELECT 1 FROM zakops.event_log_head FOR UPDATE');
    const step = publish();
    await waitFor('the step to wait for the head', async () => {
      const rows = await bed.database.query(
        `SELECT 1 AS one FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%event_log_head%'`,
      );
      return rows.length > 0;
    });
    // Its snapshot is older than this version of the row.
    await toucher.query(
      'UPDATE zakops.outbox_waiting SET stream = stream WHERE ordinal = (SELECT min(ordinal) FROM zakops.outbox_waiting)',
    );
    await head.query('COMMIT');
    await step;
    await publish();
    expect(await log()).toEqual([
      { position: 1, deal: 'DEAL-000001', seq: 1 },
      { position: 2, deal: 'DEAL-000002', seq: 1 },
    ]);
    expect(await waiting()).toBe(0);
    await writer.append(bed.event(1));
    expect((await publish()).published).toBe(1);
  });

  it('publishes what a session rewrites through the view as well, as an operator at a console might', async () => {
    await writer.append(bed.event(1));
    await bed.database.query(`UPDATE zakops.outbox SET due_at = due_at WHERE consumer = 'log' AND status = 'pending'`);
    expect((await publish()).published).toBe(1);
    expect(await waiting()).toBe(0);
  });

  it('skips a row that somebody holds, and of its deal everything behind it; the others go on', async () => {
    await writer.append(bed.event(1), bed.event(2), bed.event(1), bed.event(3));
    const holder = await bed.database.connect();
    await holder.query('BEGIN; SELECT 1 FROM zakops.outbox_waiting ORDER BY ordinal LIMIT 1 FOR UPDATE');
    expect((await publish()).published).toBe(2);
    expect((await log()).map(({ deal }) => deal)).toEqual(['DEAL-000002', 'DEAL-000003']);
    await writer.append(bed.event(1));
    expect((await publish()).published).toBe(0);
    await holder.query('ROLLBACK');
    expect((await publish()).published).toBe(3);
    expect((await log()).filter(({ deal }) => deal === 'DEAL-000001').map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect((await log()).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
  });

  it('closes the wait of an event that has a position already, and publishes the rest', async () => {
    await writer.append(bed.event(1));
    await publish();
    await bed.database.query(
      `INSERT INTO zakops.outbox_waiting (event_id, stream) SELECT id, zakops.stream_of(aggregate_type, aggregate_id) FROM zakops.events`,
    );
    await writer.append(bed.event(2));
    expect((await publish()).published).toBe(1);
    expect(await waiting()).toBe(0);
    expect((await log()).map(({ deal }) => deal)).toEqual(['DEAL-000001', 'DEAL-000002']);
  });

  it('finds the head again after somebody else has written it', async () => {
    await writer.append(bed.event(1));
    await publish();
    await bed.database.query('UPDATE zakops.event_log_head SET epoch = epoch');
    await writer.append(bed.event(1));
    expect(await publish()).toMatchObject({ published: 1, head: 2 });
  });

  it('hands on the events of a small step, complete and in order, and none of a large one', async () => {
    await writer.append(bed.event(1), bed.event(2));
    const { events } = await publish();
    expect(events.map(({ position, aggregateId }) => [position, aggregateId])).toEqual([
      [1, 'DEAL-000001'],
      [2, 'DEAL-000002'],
    ]);
    await writer.append(...Array.from({ length: 9 }, (_, n) => bed.event(n)));
    expect(await publish()).toMatchObject({ published: 9, events: [] });
  });

  describe(WaitingFloor.name, () => {
    const stepOf = (floor: WaitingFloor, lastSeen: number | null): void => {
      floor.stepped({ seen: lastSeen === null ? 0 : 1, limit: 100, lastSeen, firstLeft: null });
    };

    it('moves past what is published, although an old snapshot keeps its index entries alive', async () => {
      const reader = await bed.database.connect();
      await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await reader.query('SELECT count(*) FROM zakops.deals');
      const floor = new WaitingFloor(writer.get(Database));
      await writer.append(...Array.from({ length: 50 }, (_, n) => bed.event(n)));
      await publish();
      await floor.look();
      stepOf(floor, null);
      expect(floor.value).toBe(51);
      await reader.query('ROLLBACK');
    });

    it('never passes an ordinal whose transaction is still open, however many later ones are published', async () => {
      const slow = await bed.database.connect();
      await slow.query('BEGIN');
      const { rows } = await slow.query<{ ordinal: string }>(
        'INSERT INTO zakops.outbox_waiting (event_id, stream) VALUES (gen_random_uuid(), 77) RETURNING ordinal',
      );
      const open = Number(rows[0]?.ordinal);
      const floor = new WaitingFloor(writer.get(Database));
      for (let n = 0; n < 3; n += 1) {
        await writer.append(bed.event(n));
        await publish();
        await waitFor('the next look', async () => {
          await floor.look();
          return true;
        });
        stepOf(floor, null);
        expect(floor.value).toBeLessThanOrEqual(open);
      }
      await slow.query('COMMIT');
      const settled = await waitFor('the floor to pass it', async () => {
        await floor.look();
        stepOf(floor, null);
        return floor.value > open;
      });
      expect(settled).toBe(true);
    });
  });
});
