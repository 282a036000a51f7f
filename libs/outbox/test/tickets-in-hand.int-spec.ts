import { UnitOfWork } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { PauseSet } from '../src/pauses/pause-set.js';
import { TicketStore } from '../src/tickets/ticket.store.js';
import type { DueTicket } from '../src/tickets/ticket.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

const CONSUMER = 'alerts';
const FENCE = '7';

describe('the ticket that a careful worker has in hand', () => {
  let bed: OutboxTestbed;
  let process: OutboxProcess;
  let sut: TicketStore;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    process = await bed.start({ relay: false, providers: [TicketStore] });
    sut = process.get(TicketStore);
    await bed.database.query(
      `INSERT INTO zakops.consumer_progress (consumer, state, pattern, fence, by_tickets) VALUES ($1, 'active', '^x$', $2, false)`,
      [CONSUMER, FENCE],
    );
  });
  afterEach(() => bed.dispose());

  /** Publishes events of these deals at the positions 1, 2, 3 ..., and gives each a ticket in a state. */
  const tickets = async (...given: readonly (readonly [deal: number, status: string, due?: string])[]): Promise<void> => {
    await process.append(...given.map(([deal]) => bed.event(deal)));
    await bed.database.query(
      `INSERT INTO zakops.event_log (position, event_id) SELECT row_number() OVER (ORDER BY ordinal), event_id FROM zakops.outbox_waiting`,
    );
    await bed.database.query(
      `INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, due_at)
       SELECT e.id, $1, l.position, e.type, zakops.stream_of(e.aggregate_type, e.aggregate_id), g.status, now() - g.due::interval
         FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS g(status, due, n)
         JOIN zakops.event_log l ON l.position = g.n JOIN zakops.events e ON e.id = l.event_id`,
      [CONSUMER, given.map(([, status]) => status), given.map(([, , due]) => due ?? '1 second')],
    );
  };
  const due = (limit: number): Promise<readonly DueTicket[]> =>
    process
      .get(UnitOfWork)
      .run((tx) => sut.due(tx, { consumer: CONSUMER, fence: FENCE, limit, blockingRegex: null, changes: '0', pauses: PauseSet.NONE }));
  const positions = (found: readonly DueTicket[]): readonly number[] => found.map(({ delivery }) => delivery.event.position);
  const first = async (): Promise<DueTicket> => (await due(1))[0] as DueTicket;

  it('is marked again by the same worker, when its mark could not be taken back', async () => {
    await tickets([1, 'failed']);
    expect(await sut.begin(CONSUMER, FENCE, await first())).toBe(true);
    const again = await first();
    expect(again.delivery.attempt).toBe(1);
    expect(await sut.begin(CONSUMER, FENCE, again)).toBe(true);
    expect(await bed.database.query('SELECT status, attempts FROM zakops.outbox_tickets')).toEqual([{ status: 'processing', attempts: 1 }]);
  });

  it('is the one that is delivered next, and not an earlier one that is due as well', async () => {
    await tickets([1, 'failed', '1 second'], [2, 'failed', '1 hour']);
    await bed.database.query(`UPDATE zakops.outbox_tickets SET due_at = NULL WHERE ordinal = 1`);
    const marked = await first();
    expect(marked.delivery.event.position).toBe(2);
    expect(await sut.begin(CONSUMER, FENCE, marked)).toBe(true);
    await bed.database.query(`UPDATE zakops.outbox_tickets SET due_at = now() WHERE ordinal = 1`);
    expect(positions(await due(1))).toEqual([2]);
  });

  it('is not marked by a worker that another one has followed', async () => {
    await tickets([1, 'failed']);
    const ticket = await first();
    await bed.database.query(`UPDATE zakops.consumer_progress SET fence = 8`);
    expect(await sut.begin(CONSUMER, FENCE, ticket)).toBe(false);
    expect(await bed.database.query('SELECT status FROM zakops.outbox_tickets')).toEqual([{ status: 'failed' }]);
  });

  it('is not marked past a take-over that is under way', async () => {
    await tickets([1, 'failed']);
    const ticket = await first();
    let marked: Promise<boolean> | undefined;
    await process.get(UnitOfWork).run(async (tx) => {
      await tx.query('UPDATE zakops.consumer_progress SET fence = 8');
      marked = sut.begin(CONSUMER, FENCE, ticket);
      await waitFor('the wait for the row', async () => {
        const waiting = await bed.database.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length === 1;
      });
    });
    expect(await marked).toBe(false);
  });

  it('has a gap before it when an earlier event of its aggregate is dead, and only then', async () => {
    await tickets([1, 'pending'], [1, 'dead'], [1, 'pending'], [2, 'pending']);
    const found = await due(10);
    expect(found.map(({ delivery: { event, gap } }) => [event.position, gap])).toEqual([
      [1, false],
      [3, true],
      [4, false],
    ]);
  });
});
