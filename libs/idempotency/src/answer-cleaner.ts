import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerStore } from './answer-store.js';

const EVERY_MS = 10 * 60_000;
const BATCH = 1_000;

/** Removes answers that are no longer kept. */
@Injectable()
export class AnswerCleaner implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(AnswerCleaner.name);
  #timer: NodeJS.Timeout | undefined;
  #isCleaning = false;
  #isStopping = false;

  constructor(private readonly answers: AnswerStore) {}

  onApplicationBootstrap(): void {
    // Not all replicas in the same second.
    this.#timer = setInterval(() => void this.clean(), EVERY_MS * (1 + Math.random() / 4)).unref();
  }

  onModuleDestroy(): void {
    this.#isStopping = true;
    clearInterval(this.#timer);
  }

  /** Removes what is over, in small transactions with pauses as long; never fails, because the next time comes. */
  async clean(): Promise<void> {
    if (this.#isCleaning || !this.answers.isConnected) return;
    this.#isCleaning = true;
    try {
      let isFull = true;
      while (isFull && !this.#isStopping) {
        const startedAt = performance.now();
        isFull = (await this.answers.purge(BATCH)) === BATCH;
        if (isFull) await sleep(performance.now() - startedAt, undefined, { ref: false });
      }
    } catch (error) {
      this.#logger.warn({ err: error }, 'Old idempotency keys were not removed; trying again in ten minutes.');
    } finally {
      this.#isCleaning = false;
    }
  }
}
