import type { PublishedEvent } from '../log/event-log.js';
import type { ConsumerMetrics } from '../metrics/consumer.metrics.js';
import type { ConsumerCursor } from './consumer-cursor.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import { CursorDelivery } from './cursor-delivery.js';
import type { Deliverer } from './deliverer.js';
import type { BatchEventConsumer, SingleEventConsumer } from './event-consumer.js';
import { TransactionalCalls } from './transactional-calls.js';
import type { RunnerTools } from './runner-tools.js';
import { TicketDelivery } from './ticket-delivery.js';

/** A consumer whose effects are written in the transaction that moves its cursor: each event has its effect exactly once. */
export class TransactionalDeliverer implements Deliverer {
  readonly #log: CursorDelivery;
  readonly #tickets: TicketDelivery;

  constructor(
    consumer: RegisteredConsumer & { readonly instance: SingleEventConsumer | BatchEventConsumer },
    tools: RunnerTools,
    cursor: ConsumerCursor,
    metrics: ConsumerMetrics,
    interrupt: AbortSignal,
    isStopping: () => boolean,
  ) {
    const calls = new TransactionalCalls(consumer, tools, interrupt, isStopping);
    this.#log = new CursorDelivery(consumer, tools, cursor, calls, metrics, isStopping);
    this.#tickets = new TicketDelivery(consumer, tools, cursor, calls, metrics);
  }

  deliver(events: readonly PublishedEvent[]): Promise<void> {
    return this.#log.deliver(events);
  }

  deliverTickets(limit: number): Promise<number> {
    return this.#tickets.deliver(limit);
  }
}
