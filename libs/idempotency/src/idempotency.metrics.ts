import { Metrics } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';

/** Counts repeated calls. */
@Injectable()
export class IdempotencyMetrics {
  readonly #replays: Counter;

  constructor(metrics: Metrics) {
    this.#replays = metrics.counter({
      name: 'zakops_idempotency_replays_total',
      help: 'Calls that were answered with the answer of an earlier one with the same Idempotency-Key.',
    });
  }

  replayed(): void {
    this.#replays.inc();
  }
}
