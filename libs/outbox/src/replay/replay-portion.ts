import type { Transaction } from '#zakops/database';
import type { RegisteredConsumer } from '../consume/consumer.registry.js';
import type { RunnerTools } from '../consume/runner-tools.js';
import type { PublishedEvent } from '../log/event-log.js';
import type { Delivery } from '../tickets/delivery.js';
import type { FailedAttempt } from '../tickets/ticket.js';
import type { OpenReplay } from './replay.js';

/** What came of a portion. */
export type PortionOutcome =
  | { readonly is: 'done' }
  | { readonly is: 'moved'; readonly position: number; readonly delivered: number }
  /** Some event of it fails: they have to be replayed one by one. */
  | { readonly is: 'divide' }
  | { readonly is: 'failed'; readonly failed: FailedAttempt };

/** Replays portions to one kind of consumer. */
export interface ReplayPortions {
  /**
   * Replays events that follow the position of a replay without a gap, and moves it.
   *
   * @param events - none to end the replay
   * @throws ReplayMovedError when the replay is not this worker's any more, or was cancelled
   */
  replay(replay: OpenReplay, events: readonly PublishedEvent[], end: number): Promise<PortionOutcome>;
}

/** What of a portion is delivered. */
export interface ReplayPlan {
  readonly deliveries: readonly Delivery[];
  /** Positions of events with an open ticket, which delivers them. */
  readonly skipped: readonly number[];
}

/** Tells apart what is delivered again and what has an open ticket. */
export async function planReplay(
  tx: Transaction,
  { name, isWanted }: Pick<RegisteredConsumer, 'name' | 'isWanted'>,
  { replays }: Pick<RunnerTools, 'replays'>,
  replay: OpenReplay,
  events: readonly PublishedEvent[],
  hasTickets: boolean,
): Promise<ReplayPlan> {
  const wanted = events.filter(({ type }) => isWanted(type));
  const tickets = hasTickets && wanted.length > 0 ? await replays.tickets(tx, name, wanted) : new Map<string, never>();
  const isOpen = ({ id }: PublishedEvent): boolean => tickets.get(id)?.isOpen === true;
  return {
    deliveries: wanted
      .filter((event) => !isOpen(event))
      .map((event) => ({ event, attempt: replay.failures + 1, gap: tickets.get(event.id)?.hasGap === true, replayed: true })),
    skipped: wanted.filter(isOpen).map(({ position }) => position),
  };
}
