import { ContributesFigures } from '#zakops/figures';
import type { FigureContributor, Figures } from '#zakops/figures';
import { Metrics } from '#zakops/metrics';
import { ContributesHeartbeatStats } from '#zakops/processes';
import type { HeartbeatStatsContributor } from '#zakops/processes';
import { Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import { performance } from 'node:perf_hooks';
import { FENCED_STAT } from '../stats/fenced-stat.js';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { ConsumerMetrics } from './consumer.metrics.js';
import type { DeliveryStats } from './consumer.metrics.js';

const DURATION_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const LATENCY_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];

/** What the worker publishes and delivers. */
@ContributesFigures()
@ContributesHeartbeatStats()
@Injectable()
export class RelayMetrics implements FigureContributor, HeartbeatStatsContributor {
  readonly #published: Counter;
  readonly #rescued: Counter;
  readonly #processed: Counter<'consumer' | 'result'>;
  readonly #duration: Histogram<'consumer'>;
  readonly #latency: Histogram<'consumer'>;
  readonly #fenced: Counter<'consumer'>;
  readonly #stats: DeliveryStats = { attempts: 0, failedAttempts: 0, fenced: 0 };
  #lastPollMs: number | undefined;
  #rescuedTotal = 0;
  #publishedTotal = 0;

  constructor(metrics: Metrics) {
    this.#published = metrics.counter({
      name: 'zakops_events_published_total',
      help: 'Events that this worker gave their public position.',
    });
    this.#processed = metrics.counter({
      name: 'zakops_outbox_processed_total',
      help: 'Attempts at deliveries, by consumer and result: delivered, retried (it failed and waits for another) or dead.',
      labelNames: ['consumer', 'result'],
    });
    this.#duration = metrics.histogram({
      name: 'zakops_outbox_processing_duration_seconds',
      help: 'How long one transaction with deliveries took, by consumer; one holds up to OUTBOX_BATCH_SIZE of them.',
      labelNames: ['consumer'],
      buckets: DURATION_BUCKETS,
    });
    this.#latency = metrics.histogram({
      name: 'zakops_outbox_delivery_latency_seconds',
      help: 'From when an event occurred to its delivery, by consumer and by the clocks of the two processes.',
      labelNames: ['consumer'],
      buckets: LATENCY_BUCKETS,
    });
    this.#fenced = metrics.counter({
      name: 'zakops_outbox_fenced_acknowledgements_total',
      help: 'Work that was refused at its end because another worker had taken it over; for the consumer `log`, publications.',
      labelNames: ['consumer'],
    });
    this.#rescued = metrics.counter({
      name: 'zakops_outbox_lease_recoveries_total',
      help: 'Events that a crashed worker had in hand, found when this worker took over.',
    });
    metrics.gauge({
      name: 'zakops_outbox_last_poll_age_seconds',
      help: 'Seconds since this worker last looked through the outbox with success; 0 before the first time.',
      collect: (gauge) => {
        gauge.set(this.#lastPollMs === undefined ? 0 : (performance.now() - this.#lastPollMs) / 1_000);
      },
    });
    this.#fenced.inc({ consumer: LOG_CONSUMER }, 0);
  }

  /** Attempts since this process began. */
  get stats(): Readonly<DeliveryStats> {
    return this.#stats;
  }

  /** A fenced worker no longer renews the lease, so this count goes with its heartbeat. */
  heartbeatStats(): Readonly<Record<typeof FENCED_STAT, number>> {
    return { [FENCED_STAT]: this.#stats.fenced };
  }

  counted(): Figures {
    const { attempts, failedAttempts } = this.#stats;
    return {
      'events.published': this.#publishedTotal,
      'deliveries.delivered': attempts - failedAttempts,
      'deliveries.failed': failedAttempts,
    };
  }

  /** What one consumer is counted by. */
  ofConsumer(consumer: string): ConsumerMetrics {
    return new ConsumerMetrics(consumer, {
      processed: this.#processed,
      duration: this.#duration,
      latency: this.#latency,
      fenced: this.#fenced,
      stats: this.#stats,
    });
  }

  polled(): void {
    this.#lastPollMs = performance.now();
  }

  published(events: number): void {
    this.#publishedTotal += events;
    this.#published.inc(events);
  }

  publicationFenced(): void {
    this.#fenced.inc({ consumer: LOG_CONSUMER });
    this.#stats.fenced += 1;
  }

  /** Events that workers before had in hand when they ended, since this process began. */
  get rescuedTotal(): number {
    return this.#rescuedTotal;
  }

  rescued(events: number): void {
    this.#rescued.inc(events);
    this.#rescuedTotal += events;
  }
}
