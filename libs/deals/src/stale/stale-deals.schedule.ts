import { SchemaVersion } from '#zakops/database';
import { RepeatingTask } from '#zakops/kernel';
import { ProcessHeartbeat } from '#zakops/processes';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { DealsConfig } from '../deals.config.js';
import { StaleDeals } from './stale-deals.js';

/** Has the worker look for stale deals at an interval. */
@Injectable()
export class StaleDealsSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(StaleDealsSchedule.name);
  readonly #task: RepeatingTask;

  constructor(
    stale: StaleDeals,
    schema: SchemaVersion,
    heartbeat: ProcessHeartbeat,
    private readonly config: DealsConfig,
    private readonly scheduler: SchedulerRegistry,
  ) {
    const state = heartbeat.loop('stale-deals');
    this.#task = new RepeatingTask(
      async (signal) => {
        // Another process migrates.
        if ((await schema.pending()).length > 0) return;
        await stale.run(() => signal.aborted);
        state.succeeded();
      },
      (error) => {
        state.failed(error);
        this.#logger.warn({ err: error }, 'Stale deals could not be looked for; the next interval tries again.');
      },
    );
  }

  onApplicationBootstrap(): void {
    this.scheduler.addInterval('stale-deals', this.#task.start(this.config.staleIntervalMs));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#task.stop();
  }
}
