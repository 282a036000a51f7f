import { parseTraceparent } from '#zakops/kernel';
import { tracing } from '#zakops/tracing';
import type { Span } from '#zakops/tracing';
import type { Delivery } from '../consume/event-consumer.js';
import { reasonCodeOf } from '../tickets/retry-schedule.js';
import { eventAttributes } from './event-attributes.js';

/**
 * The spans of the deliveries that are tried together, each in the trace of its event. Only while tracing is on.
 *
 * @remarks A span lasts until its transaction is over, because nothing is delivered before. The one of a failure stays open until it is
 * written down what follows: see {@link endFailed}.
 */
export class DeliverySpans {
  readonly #open = new Map<Delivery, Span>();

  constructor(private readonly consumer: string) {}

  /**
   * Starts the spans of what a handler is given.
   *
   * @returns the first one, under which the handler works
   */
  start(deliveries: readonly Delivery[]): Span | undefined {
    let first: Span | undefined;
    for (const delivery of deliveries) {
      const span = this.startOne(delivery, deliveries.length);
      this.#open.set(delivery, span);
      first ??= span;
    }
    return first;
  }

  /** Notes that the handler is done with them; what follows is the commit. */
  handled(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) this.#open.get(delivery)?.event('handled');
  }

  /** Ends all of them: the transaction is committed. */
  committed(): void {
    this.endAll();
  }

  /**
   * Ends all but one of them: the transaction is rolled back.
   *
   * @param culprit - whose failure it was, if that is known
   * @returns the span of the culprit
   */
  rolledBack(culprit?: Delivery): Span | undefined {
    const span = culprit === undefined ? undefined : this.#open.get(culprit);
    if (culprit !== undefined) this.#open.delete(culprit);
    this.endAll('rolled_back');
    return span;
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

  private endAll(event?: string): void {
    for (const span of this.#open.values()) {
      if (event !== undefined) span.event(event);
      span.end();
    }
    this.#open.clear();
  }
}

/** Ends the span of a failed attempt, with what follows from it; undefined when that could not be written down. */
export function endFailed(
  span: Span,
  error: unknown,
  follows?: { readonly status: 'failed' | 'dead'; readonly delaySeconds: number },
): void {
  span.fail(reasonCodeOf(error));
  if (follows === undefined) span.event('given_back');
  else if (follows.status === 'dead') span.event('dead_lettered', { 'zakops.reason_code': reasonCodeOf(error) });
  else span.event('retry_scheduled', { 'zakops.retry.delay_seconds': Math.round(follows.delaySeconds) });
  span.end();
}
