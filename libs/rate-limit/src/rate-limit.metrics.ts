import { Metrics } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { RateLimiter } from './rate-limiter.js';

/** Calls that were refused because a limit was reached. */
@Injectable()
export class RateLimitMetrics {
  constructor(metrics: Metrics, limiter: RateLimiter) {
    metrics.counter({
      name: 'zakops_rate_limit_refusals_total',
      help: 'Calls that were refused because a limit was reached, by the name of the limit.',
      labelNames: ['policy'],
      collect: (counter) => {
        counter.reset();
        for (const [policy, refused] of limiter.refusals) counter.inc({ policy }, refused);
      },
    });
    metrics.gauge({
      name: 'zakops_rate_limit_subjects',
      help: 'Callers whose calls this process counts at the moment.',
      collect: (gauge) => {
        gauge.set(limiter.subjects);
      },
    });
  }
}
