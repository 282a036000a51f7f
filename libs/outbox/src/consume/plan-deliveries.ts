import type { Transaction } from '#zakops/database';
import type { PublishedEvent } from '../log/event-log.js';
import type { PauseSet } from '../pauses/pause-set.js';
import { streamOf } from '../tickets/ticket.js';
import type { TicketStore } from '../tickets/ticket.store.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import type { Cursor } from './cursor.store.js';
import type { Delivery } from '../tickets/delivery.js';

/** What of a batch is delivered, and what is parked without a try. */
export interface Plan {
  readonly deliveries: readonly Delivery[];
  /** An earlier event of their aggregate has a ticket that waits. */
  readonly behind: readonly PublishedEvent[];
  /** Paused: the first such event of its aggregate, behind which later ones are. */
  readonly held: readonly PublishedEvent[];
}

/** Tells apart what can be delivered at the cursor, what is paused, and what has to wait behind a ticket of its aggregate. */
export async function planDeliveries(
  tx: Transaction,
  { name, blockingRegex }: Pick<RegisteredConsumer, 'name' | 'blockingRegex'>,
  tickets: TicketStore,
  { hasTickets }: Cursor,
  pauses: PauseSet,
  wanted: readonly PublishedEvent[],
): Promise<Plan> {
  if (wanted.length === 0 || (!hasTickets && !pauses.holdsSome)) {
    return { deliveries: wanted.map((event) => ({ event, attempt: 1, gap: false })), behind: [], held: [] };
  }
  const streams = new Map(hasTickets ? await tickets.streams(tx, name, blockingRegex, wanted) : []);
  const deliveries: Delivery[] = [];
  const behind: PublishedEvent[] = [];
  const held: PublishedEvent[] = [];
  for (const event of wanted) {
    const state = streams.get(streamOf(event));
    if (state === 'held') behind.push(event);
    else if (pauses.holds(event)) {
      held.push(event);
      streams.set(streamOf(event), 'held');
    } else deliveries.push({ event, attempt: 1, gap: state === 'gap' });
  }
  return { deliveries, behind, held };
}
