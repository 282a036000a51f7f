import { parseTraceparent } from '#zakops/kernel';
import { tracing } from '#zakops/tracing';
import type { Span } from '#zakops/tracing';
import type { Delivery } from '../tickets/delivery.js';
import { reasonCodeOf } from '../tickets/delivery.errors.js';
import { eventAttributes } from './event-attributes.js';

/** What follows from a failed attempt. */
export interface Consequence {
  readonly status: 'failed' | 'dead';
  readonly delaySeconds: number;
}

/**
 * The spans of the deliveries that are tried together, each in the trace of its event. Only while tracing is on.
 *
 * @remarks A span lasts until its transaction ends, because no delivery counts and no failure counts before.
 */
export class DeliverySpans {
  readonly #open = new Map<Delivery, Span>();
  readonly #failed = new Map<Span, { readonly error: unknown; readonly follows: Consequence }>();

  constructor(private readonly consumer: string) {}

  /**
   * Starts the spans of what a handler is given.
   *
   * @returns the first one, under which the handler works
   */
  start(deliveries: readonly Delivery[]): Span | undefined {
    let first: Span | undefined;
    for (const delivery of deliveries) {
      // The batch is tried in parts after a failure; the span is the one of the delivery.
      const span = this.#open.get(delivery) ?? this.startOne(delivery, deliveries.length);
      this.#open.set(delivery, span);
      first ??= span;
    }
    return first;
  }

  /** Notes that the handler has returned; the commit follows. */
  handled(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) this.#open.get(delivery)?.event('handled');
  }

  /** Notes a failed attempt, and what follows from it once it is committed. */
  failed(delivery: Delivery, error: unknown, follows: Consequence): void {
    const span = this.#open.get(delivery) ?? this.startOne(delivery, 1);
    this.#open.delete(delivery);
    this.#failed.set(span, { error, follows });
  }

  /** Ends all of them: the transaction is committed. */
  committed(): void {
    for (const span of this.#open.values()) span.end();
    for (const [span, { error, follows }] of this.#failed) {
      span.fail(reasonCodeOf(error));
      if (follows.status === 'dead') span.event('dead_lettered', { 'zakops.reason_code': reasonCodeOf(error) });
      else span.event('retry_scheduled', { 'zakops.retry.delay_seconds': Math.round(follows.delaySeconds) });
      span.end();
    }
    this.clear();
  }

  /** Ends all of them: the transaction is rolled back, and all of it is tried again. */
  rolledBack(): void {
    for (const span of [...this.#open.values(), ...this.#failed.keys()]) {
      span.event('rolled_back');
      span.end();
    }
    this.clear();
  }

  private clear(): void {
    this.#open.clear();
    this.#failed.clear();
  }

  private startOne({ event, attempt }: Delivery, batchSize: number): Span {
    const cause = parseTraceparent(event.traceparent ?? undefined);
    return tracing.start(`deliver ${event.type}`, {
      kind: 'consumer',
      ...(cause === undefined ? { root: true } : { parent: cause }),
      attributes: {
        ...eventAttributes('deliver', 'process', event),
        'messaging.consumer.group.name': this.consumer,
        'messaging.message.conversation_id': event.correlationId,
        'messaging.batch.message_count': batchSize > 1 ? batchSize : undefined,
        'zakops.event.position': event.position,
        'zakops.delivery.attempt': attempt,
      },
    });
  }
}
