import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { AnswerStore } from './answer-store.js';

const EVERY_MS = 10 * 60_000;
const BATCH = 1_000;
const MAX_BATCHES = 100;

/** Removes answers that are no longer kept. */
@Injectable()
export class AnswerCleaner implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(AnswerCleaner.name);
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly answers: AnswerStore) {}

  onApplicationBootstrap(): void {
    // Not all replicas in the same second.
    this.#timer = setInterval(() => void this.clean(), EVERY_MS * (1 + Math.random() / 4)).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Removes what is over, in small transactions; never fails, because the next time comes. */
  async clean(): Promise<void> {
    if (!this.answers.isConnected) return;
    try {
      for (let batch = 0; batch < MAX_BATCHES; batch += 1) if ((await this.answers.purge(BATCH)) < BATCH) return;
    } catch (error) {
      this.#logger.warn({ err: error }, 'Old idempotency keys were not removed; trying again in ten minutes.');
    }
  }
}
