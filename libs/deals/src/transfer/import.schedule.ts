import { SchemaVersion } from '#zakops/database';
import { RepeatingTask } from '#zakops/kernel';
import { ProcessHeartbeat } from '#zakops/processes';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { DealImporter } from './deal-importer.js';

/** How long an import may wait before it begins. */
const EVERY_MS = 1_000;

/** Has the worker carry out imports. */
@Injectable()
export class ImportSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(ImportSchedule.name);
  readonly #task: RepeatingTask;

  constructor(
    importer: DealImporter,
    schema: SchemaVersion,
    heartbeat: ProcessHeartbeat,
    private readonly scheduler: SchedulerRegistry,
  ) {
    const state = heartbeat.loop('deal-imports');
    this.#task = new RepeatingTask(
      async (signal) => {
        // Another process migrates.
        if ((await schema.pending()).length > 0) return;
        await importer.runAll(() => signal.aborted);
        state.succeeded();
      },
      (error) => {
        state.failed(error);
        this.#logger.warn({ err: error }, 'An import stopped; it goes on within a second.');
      },
    );
  }

  onApplicationBootstrap(): void {
    this.scheduler.addInterval('deal-imports', this.#task.start(EVERY_MS));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#task.stop();
  }
}
