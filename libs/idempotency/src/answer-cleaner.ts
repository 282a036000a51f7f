import { RepeatingTask } from '#zakops/kernel';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerStore } from './answer.store.js';

const EVERY_MS = 10 * 60_000;
const BATCH = 1_000;

/** Removes answers that are no longer kept. */
@Injectable()
export class AnswerCleaner implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(AnswerCleaner.name);
  readonly #task = new RepeatingTask(
    (signal) => this.cleanUntil(signal),
    (error) => {
      this.#logger.warn({ err: error }, 'Old idempotency keys were not removed; trying again in ten minutes.');
    },
  );

  constructor(private readonly answers: AnswerStore) {}

  onApplicationBootstrap(): void {
    // Not all replicas in the same second.
    this.#task.start(EVERY_MS * (1 + Math.random() / 4));
  }

  async onModuleDestroy(): Promise<void> {
    await this.#task.stop();
  }

  /** Removes old answers now; never fails, because the next interval tries again. */
  async clean(): Promise<void> {
    this.#task.trigger();
    await this.#task.idle();
  }

  /** Small transactions, each followed by a pause as long as it took. */
  private async cleanUntil(signal: AbortSignal): Promise<void> {
    if (!this.answers.isConnected) return;
    let isFull = true;
    while (isFull && !signal.aborted) {
      const startedAt = performance.now();
      isFull = (await this.answers.purge(BATCH)) === BATCH;
      if (isFull) await sleep(performance.now() - startedAt, undefined, { signal }).catch(() => undefined);
    }
  }
}
