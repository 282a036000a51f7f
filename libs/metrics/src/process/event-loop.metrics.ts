import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Metrics } from '../metrics.js';

const RESOLUTION_MS = 20;
const NANOSECONDS = 1e9;

/** The shortest span of a measurement: a second scraper must not halve what the first one sees. */
export const SHORTEST_LOOK_BACK_MS = 10_000;

const QUANTILES = [
  ['p50', 50],
  ['p99', 99],
  ['max', 100],
] as const;

/**
 * How late the event loop is: while one piece of work holds it, nothing else of the process moves.
 *
 * @remarks Measured from the first scrape on: a process that is not scraped needs no memory for it, and delays during the start are
 * expected.
 */
@Injectable()
export class EventLoopMetrics implements OnApplicationShutdown {
  #delay: ReturnType<typeof monitorEventLoopDelay> | undefined;
  #sinceMs = performance.now();
  #utilisation = performance.eventLoopUtilization();

  constructor(metrics: Metrics) {
    metrics.gauge({
      name: 'zakops_event_loop_utilization_ratio',
      help: 'The part of the time since the last look in which the event loop was busy; 1 is saturated.',
      // Registered before the delay, whose collect starts the next span for both.
      collect: (gauge) => {
        gauge.set(performance.eventLoopUtilization(this.#utilisation).utilization);
      },
    });
    metrics.gauge({
      name: 'zakops_event_loop_delay_seconds',
      help: 'How late timers of 20 ms came since the last look, at least the last ten seconds: median, 99th percentile, and the worst.',
      labelNames: ['statistic'],
      collect: (gauge) => {
        for (const [statistic, percentile] of QUANTILES) gauge.set({ statistic }, this.lateness(percentile));
        this.startNextSpan();
      },
    });
  }

  onApplicationShutdown(): void {
    this.#delay?.disable();
  }

  /** The histogram holds the distances between ticks: what is over the resolution is the delay. */
  private lateness(percentile: number): number {
    if (this.#delay === undefined || this.#delay.count === 0) return 0;
    return Math.max(0, this.#delay.percentile(percentile) / NANOSECONDS - RESOLUTION_MS / 1_000);
  }

  private startNextSpan(): void {
    const nowMs = performance.now();
    if (this.#delay === undefined) {
      this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#delay.enable();
    } else {
      if (nowMs - this.#sinceMs < SHORTEST_LOOK_BACK_MS) return;
      this.#delay.reset();
    }
    this.#sinceMs = nowMs;
    this.#utilisation = performance.eventLoopUtilization();
  }
}
