import type { Transaction } from '#zakops/database';
import { DiscoveryService } from '@nestjs/core';
import type { PublishedEvent } from '../log/event-log.js';

/** What happens to later events of an aggregate when one of its events is dead for a consumer. */
export type DeadPolicy = 'skip' | 'block';

/** How a consumer registers: `@EventConsumer({ name: 'deal-activity', events: ['deal.*'] })` on an injectable class. */
export interface EventConsumerOptions {
  /** Stable: it names the consumer's tickets. Lower case words with hyphens. */
  readonly name: string;
  /** Types (`deal.created`), families (`deal.*`) or `*`. */
  readonly events: readonly string[];
  /** `skip` (default): later events go on, marked with a gap. `block`: they wait until the dead one is redriven or purged. */
  readonly onDead?: DeadPolicy;
}

/** One event at a consumer's door. */
export interface Delivery {
  readonly event: PublishedEvent;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** True when an earlier event of this aggregate is dead for this consumer and was skipped. */
  readonly gap: boolean;
}

/**
 * Takes events one by one.
 *
 * @remarks Runs inside a transaction together with the inbox entry and the ticket's mark, so an effect written through `tx` happens
 * exactly once; an effect elsewhere may happen again. Events of one aggregate come in order. Throw to have the event retried;
 * throw PermanentDeliveryError to have it dead at once.
 */
export interface SingleEventConsumer {
  handle(delivery: Delivery, tx: Transaction, signal: AbortSignal): Promise<void>;
}

/** Takes a whole batch, for set-based effects; otherwise as {@link SingleEventConsumer}. A failing batch is divided to find its culprit. */
export interface BatchEventConsumer {
  handleBatch(deliveries: readonly Delivery[], tx: Transaction, signal: AbortSignal): Promise<void>;
}

/** Marks a provider as a consumer of events. */
export const EventConsumer = DiscoveryService.createDecorator<EventConsumerOptions>();
