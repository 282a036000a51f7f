import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Leadership } from '../lease/leadership.js';
import { DeliveredCheck } from './delivered-check.js';

/** Name of the job in Nest's scheduler. */
export const DELIVERED_CHECK_JOB = 'outbox-delivered-check';

/** Every night at 03:17 UTC, when little is delivered and not on the hour, when everybody else's jobs run. */
const NIGHTLY = '17 3 * * *';

// A loop that was busy at that second is no reason to wait for the next night.
const MAY_BE_LATE_MS = 60_000;

/** Has the active worker compare the counters of delivered events every night. */
@Injectable()
export class DeliveredCheckSchedule implements BeforeApplicationShutdown {
  readonly #logger = new Logger(DeliveredCheckSchedule.name);
  readonly #stop = new AbortController();
  #running: Promise<unknown> | undefined;

  constructor(
    private readonly check: DeliveredCheck,
    private readonly leadership: Leadership,
  ) {}

  @Cron(NIGHTLY, { name: DELIVERED_CHECK_JOB, timeZone: 'UTC', waitForCompletion: true, threshold: MAY_BE_LATE_MS })
  async runNightly(): Promise<void> {
    if (this.leadership.fence === undefined || this.#stop.signal.aborted) return;
    this.#running = this.check.run(this.#stop.signal).catch((error: unknown) => {
      this.#logger.warn({ err: error }, 'The counters of delivered events could not be compared; the next night tries again.');
    });
    await this.#running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
