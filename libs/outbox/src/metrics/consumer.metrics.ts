import type { Counter, Histogram } from 'prom-client';
import type { Delivery } from '../tickets/delivery.js';
import type { FailedAttempt } from '../tickets/ticket.js';

/** The metrics that consumers share. */
export interface DeliveryMetrics {
  readonly processed: Counter<'consumer' | 'result'>;
  readonly duration: Histogram<'consumer'>;
  readonly latency: Histogram<'consumer'>;
  readonly fenced: Counter<'consumer'>;
  readonly stats: DeliveryStats;
}

/** Attempts of the active worker since it began, over all consumers. */
export interface DeliveryStats {
  attempts: number;
  failedAttempts: number;
  fenced: number;
}

/** The deliveries of one consumer; every series exists from the start, so that the first failure is an increase. */
export class ConsumerMetrics {
  readonly #results: Readonly<Record<'delivered' | 'retried' | 'dead', Counter.Internal>>;
  readonly #duration: Histogram.Internal<'consumer'>;
  readonly #latency: Histogram.Internal<'consumer'>;
  readonly #fenced: Counter.Internal;
  readonly #stats: DeliveryStats;

  constructor(consumer: string, { processed, duration, latency, fenced, stats }: DeliveryMetrics) {
    this.#stats = stats;
    this.#results = {
      delivered: processed.labels(consumer, 'delivered'),
      retried: processed.labels(consumer, 'retried'),
      dead: processed.labels(consumer, 'dead'),
    };
    for (const counter of Object.values(this.#results)) counter.inc(0);
    this.#duration = duration.labels(consumer);
    this.#latency = latency.labels(consumer);
    this.#fenced = fenced.labels(consumer);
    this.#fenced.inc(0);
  }

  /**
   * Counts deliveries that one transaction has committed.
   *
   * @param durationMs - of the transaction
   */
  handled(delivered: readonly Delivery[], failed: readonly FailedAttempt[], durationMs: number): void {
    this.delivered(delivered, durationMs);
    for (const attempt of failed) this.failed(attempt);
  }

  fenced(): void {
    this.#fenced.inc();
    this.#stats.fenced += 1;
  }

  private delivered(deliveries: readonly Delivery[], durationMs: number): void {
    this.#results.delivered.inc(deliveries.length);
    this.#stats.attempts += deliveries.length;
    this.#duration.observe(durationMs / 1_000);
    const now = Date.now();
    // Two machines do not agree on the time to the millisecond.
    for (const { event } of deliveries) this.#latency.observe(Math.max(0, now - event.occurredAt.getTime()) / 1_000);
  }

  private failed({ status, durationMs }: FailedAttempt): void {
    this.#results[status === 'dead' ? 'dead' : 'retried'].inc();
    this.#stats.attempts += 1;
    this.#stats.failedAttempts += 1;
    this.#duration.observe(durationMs / 1_000);
  }
}
