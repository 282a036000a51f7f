import { RepeatingTask } from '#zakops/kernel';
import { Leadership, TICKETS_CHANNEL, WakeSignal } from '#zakops/outbox';
import { ProcessHeartbeat } from '#zakops/processes';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { TaskRunner } from './task-runner.js';

/** How long a task may wait without a notice. */
const EVERY_MS = 1_000;

/** Has the active worker carry out tasks on dead letters. */
@Injectable()
export class TaskSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(TaskSchedule.name);
  readonly #task: RepeatingTask;
  #stopListening: (() => void) | undefined;

  constructor(
    runner: TaskRunner,
    leadership: Leadership,
    heartbeat: ProcessHeartbeat,
    private readonly wake: WakeSignal,
    private readonly scheduler: SchedulerRegistry,
  ) {
    const state = heartbeat.loop('dead-letter-tasks');
    this.#task = new RepeatingTask(
      async (signal) => {
        const isOver = (): boolean => signal.aborted || leadership.fence === undefined;
        if (isOver()) {
          state.forget();
          return;
        }
        await runner.run(isOver);
        state.succeeded();
      },
      (error) => {
        state.failed(error);
        this.#logger.warn({ err: error }, 'A task on dead letters was interrupted; it goes on within a second.');
      },
    );
  }

  onApplicationBootstrap(): void {
    this.scheduler.addInterval('dead-letter-tasks', this.#task.start(EVERY_MS));
    this.#stopListening = this.wake.on(TICKETS_CHANNEL, () => {
      // While a task runs, each of its steps gives a notice too.
      if (!this.#task.isRunning) this.#task.trigger();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopListening?.();
    await this.#task.stop();
  }
}
