import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { PermitStore } from './permit.store.js';
import { RateLimiter } from './rate-limiter.js';

const EVERY_MS = 60_000;
const BATCH = 5_000;
const MAX_BATCHES = 20;

/** Removes windows that are over, from memory and from the database. */
@Injectable()
export class WindowCleaner implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(WindowCleaner.name);
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limiter: RateLimiter,
    private readonly store: PermitStore,
  ) {}

  onApplicationBootstrap(): void {
    // Not all replicas in the same second.
    this.#timer = setInterval(() => void this.clean(), EVERY_MS * (1 + Math.random() / 4)).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Removes what is over; never fails, because the next time comes. */
  async clean(): Promise<void> {
    this.limiter.removeEnded();
    if (!this.store.isConnected) return;
    try {
      for (let batch = 0; batch < MAX_BATCHES; batch += 1) if ((await this.store.purge(BATCH)) < BATCH) return;
    } catch (error) {
      this.#logger.warn({ err: error }, 'Old rate limit windows were not removed; trying again in a minute.');
    }
  }
}
