import type { Transaction } from '#zakops/database';
import { DiscoveryService } from '@nestjs/core';
import type { Delivery } from '../tickets/delivery.js';
import type { RetryDelays } from '../tickets/retry-schedule.js';

/**
 * What happens to later events of an aggregate when one of its events is dead for a consumer. `skip`: they go on, marked with a gap. `block`:
 * they wait until the dead one is redriven or discarded. `{ block: [...] }`: they wait behind events of these types, families or `*`.
 */
export type DeadPolicy = 'skip' | 'block' | { readonly block: readonly string[] };

/** How a consumer registers: `@EventConsumer({ name: 'deal-activity', events: ['deal.*'] })` on an injectable class. */
export interface EventConsumerOptions {
  /** Stable: it names the consumer's cursor and tickets. Lower case words with hyphens. */
  readonly name: string;
  /** Types (`deal.created`), families (`deal.*`) or `*`. */
  readonly events: readonly string[];
  /** `skip` is the default. */
  readonly onDead?: DeadPolicy;
  /**
   * Other delays than 5, 15, 60 and 300 s for some events, by type, family or `*`: `{ 'deal.created': [1, 10] }` has three attempts, the
   * second about 1 s after the first. The first entry that fits counts. Seconds, at most 3,000; `[]` for one attempt only.
   */
  readonly retries?: Readonly<Record<string, RetryDelays>>;
  /**
   * Where a consumer begins that the database does not know yet: at the end of the log (`head`, the default), at its first event
   * (`beginning`), or after a position.
   */
  readonly startAt?: 'head' | 'beginning' | number;
  /** Of an {@link AwaitingEventConsumer}: how many aggregates are delivered at the same time, 1 to 100. Default 8. */
  readonly concurrency?: number;
}

/**
 * Takes events one by one.
 *
 * @remarks Runs inside the transaction that moves the consumer's cursor, so an effect written through `tx` happens exactly once; an effect
 * elsewhere may happen again. Events of one aggregate come in order. Throw to have the event retried; throw PermanentDeliveryError to
 * have it dead at once, or HttpDeliveryError to have the status decide. A handler must not wait for anything but the database: see {@link AwaitingEventConsumer}.
 */
export interface SingleEventConsumer {
  handle(delivery: Delivery, tx: Transaction, signal: AbortSignal): Promise<void>;
}

/** Takes a whole batch, for set-based effects; otherwise as {@link SingleEventConsumer}. A failing batch is divided to find its culprit. */
export interface BatchEventConsumer {
  handleBatch(deliveries: readonly Delivery[], tx: Transaction, signal: AbortSignal): Promise<void>;
}

/**
 * Takes events one by one and waits for something else than the database: an HTTP call, a mail.
 *
 * @remarks No transaction is open meanwhile. An event comes at least once, always with the same `event.id`: after a crash it comes again
 * although its effect happened. Events of one aggregate come in order and one after the other; several aggregates at the same time.
 * Each call has the time limit `OUTBOX_HANDLER_TIMEOUT`; `signal` is aborted at its end. Errors as in {@link SingleEventConsumer}.
 */
export interface AwaitingEventConsumer {
  handleAwaiting(delivery: Delivery, signal: AbortSignal): Promise<void>;
}

/** Marks a provider as a consumer of events. */
export const EventConsumer = DiscoveryService.createDecorator<EventConsumerOptions>();
