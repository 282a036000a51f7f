import { Metrics } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import { DatabaseConfig } from '../database.config.js';
import { ConnectionPool } from './connection-pool.js';
import { NoPlaceInTimeError } from './places.js';
import type { PooledWork, PoolObserver } from './pool-observer.js';

const WAIT_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5];
const WORK_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];

// The text is all that tells this error of the pool from others.
const TIMEOUT = /timeout exceeded when trying to connect/i;

/** How the pool of this process is used, and how long the database takes. */
@Injectable()
export class PoolMetrics implements PoolObserver {
  readonly #wait: Histogram.Internal<string>;
  readonly #work: Readonly<Record<PooledWork, Histogram.Internal<string>>>;
  readonly #refused: Counter<'reason'>;

  constructor(metrics: Metrics, { poolSize }: DatabaseConfig, pool: ConnectionPool) {
    metrics.gauge({
      name: 'zakops_db_pool_connections',
      help: 'The pool of this process: connections in use and idle, and callers that wait for one.',
      labelNames: ['state'],
      collect: (gauge) => {
        const { total, idle, waiting } = pool.counts;
        gauge.set({ state: 'used' }, total - idle);
        gauge.set({ state: 'idle' }, idle);
        gauge.set({ state: 'waiting' }, waiting + pool.places.waiting);
      },
    });
    metrics.gauge({ name: 'zakops_db_pool_size', help: 'The most connections that the pool opens (DATABASE_POOL_SIZE).' }).set(poolSize);
    this.#wait = metrics
      .histogram({
        name: 'zakops_db_pool_acquire_duration_seconds',
        help: 'How long callers waited for a connection; the limit is five seconds.',
        buckets: WAIT_BUCKETS,
      })
      .labels();
    this.#refused = metrics.counter({
      name: 'zakops_db_pool_acquire_failures_total',
      help: 'Callers that got no connection: by timeout none was free, by connection none could be opened.',
      labelNames: ['reason'],
    });
    for (const reason of ['timeout', 'connection']) this.#refused.inc({ reason }, 0);
    const work = metrics.histogram({
      name: 'zakops_db_query_duration_seconds',
      help: 'How long work on a connection took, by kind: a statement alone, or a whole transaction with what is done between its statements.',
      labelNames: ['kind'],
      buckets: WORK_BUCKETS,
    });
    this.#work = { statement: work.labels('statement'), transaction: work.labels('transaction') };
    pool.observer = this;
  }

  onAcquired(waitedMs: number): void {
    this.#wait.observe(waitedMs / 1_000);
  }

  onRefused(error: unknown): void {
    this.#refused.inc({ reason: isTimeout(error) ? 'timeout' : 'connection' });
  }

  onFinished(kind: PooledWork, durationMs: number): void {
    this.#work[kind].observe(durationMs / 1_000);
  }
}

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof NoPlaceInTimeError || TIMEOUT.test(error.message) || isTimeout(error.cause);
}
