import { ProcessHeartbeat } from '#zakops/processes';
import type { LoopState } from '#zakops/processes';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Leadership } from '../lease/leadership.js';
import { Retention } from './retention.js';

/** Name of the job in Nest's scheduler. */
export const RETENTION_JOB = 'outbox-retention';

/** Often, so that one run has little to do. */
const EVERY_MS = 60_000;

/** Has the active worker remove what is over, every minute. */
@Injectable()
export class RetentionSchedule implements BeforeApplicationShutdown {
  readonly #logger = new Logger(RetentionSchedule.name);
  readonly #state: LoopState;
  #running: Promise<void> | undefined;
  #isStopping = false;

  constructor(
    private readonly retention: Retention,
    private readonly leadership: Leadership,
    heartbeat: ProcessHeartbeat,
  ) {
    this.#state = heartbeat.loop('retention');
  }

  /** Runs once, if this is the active worker and the run before is over. */
  @Interval(RETENTION_JOB, EVERY_MS)
  async runNow(): Promise<void> {
    if (this.#running !== undefined) return;
    if (this.isOver()) {
      this.#state.forget();
      return;
    }
    this.#running = this.run().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  private async run(): Promise<void> {
    try {
      await this.retention.run(() => this.isOver());
      this.#state.succeeded();
    } catch (error) {
      this.#state.failed(error);
      this.#logger.warn({ err: error }, 'What is over could not be removed; the next minute tries again.');
    }
  }

  private isOver(): boolean {
    return this.#isStopping || this.leadership.fence === undefined;
  }
}
