import { RepeatingTask } from '#zakops/kernel';
import { ProcessHeartbeat } from '#zakops/processes';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Leadership } from '../lease/leadership.js';
import { Retention } from './retention.js';

/** Often, so that one run has little to do. */
const EVERY_MS = 60_000;

/** Has the active worker remove what is older than the settings allow, every minute. */
@Injectable()
export class RetentionSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(RetentionSchedule.name);
  readonly #task: RepeatingTask;

  constructor(
    retention: Retention,
    leadership: Leadership,
    heartbeat: ProcessHeartbeat,
    private readonly scheduler: SchedulerRegistry,
  ) {
    const state = heartbeat.loop('retention');
    this.#task = new RepeatingTask(
      async (signal) => {
        const isOver = (): boolean => signal.aborted || leadership.fence === undefined;
        if (isOver()) {
          state.forget();
          return;
        }
        await retention.run(isOver);
        state.succeeded();
      },
      (error) => {
        state.failed(error);
        this.#logger.warn({ err: error }, 'Old rows could not be removed; the next minute tries again.');
      },
    );
  }

  onApplicationBootstrap(): void {
    this.scheduler.addInterval('outbox-retention', this.#task.start(EVERY_MS));
  }

  /** Runs now, if this is the active worker. */
  async runNow(): Promise<void> {
    this.#task.trigger();
    await this.#task.idle();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#task.stop();
  }
}
