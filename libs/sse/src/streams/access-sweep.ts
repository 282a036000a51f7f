import { AccessChanges, PrincipalCheck } from '#zakops/auth';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { StreamRegistry } from './stream-registry.js';

/** How often the access of all readers is checked when no change is announced. */
const LOOK_EVERY_MS = 1_500;
// However many changes are announced: all of this moment are served by one look.
const LOOK_AFTER_CHANGE_MS = 50;
const LEAST_PAUSE_MS = 700;

/**
 * Ends streams whose session or key has ended, or whose reader may do less than when it began.
 *
 * @remarks Looks as soon as a change is announced, and at an interval, because announcements may be lost and sessions expire. One look is
 * one query for all streams of the process: two in three seconds, and at most three in two seconds while changes come in. It makes no query
 * without a stream, nor for the development operator. While the database is away no end is noticed, but no event comes either.
 */
@Injectable()
export class AccessSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(AccessSweep.name);
  #timer: NodeJS.Timeout | undefined;
  #dueAt = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #changes = 0;
  #looking: Promise<void> | undefined;
  #stopListening: (() => void) | undefined;
  #stopped = false;

  constructor(
    private readonly streams: StreamRegistry,
    private readonly principals: PrincipalCheck,
    private readonly changes: AccessChanges,
  ) {}

  onApplicationBootstrap(): void {
    this.#stopListening = this.changes.on(() => {
      this.#changes += 1;
      if (this.#looking === undefined) this.lookSoon();
    });
    this.lookIn(LOOK_EVERY_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#stopListening?.();
    await this.#looking;
  }

  private lookSoon(): void {
    this.lookIn(Math.max(LOOK_AFTER_CHANGE_MS, this.#lastAt + LEAST_PAUSE_MS - performance.now()));
  }

  /** Sets the time of the next look, unless there will be an earlier one. */
  private lookIn(delayMs: number): void {
    const dueAt = performance.now() + delayMs;
    if (this.#stopped || (this.#timer !== undefined && this.#dueAt <= dueAt)) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#looking = this.look();
    }, delayMs);
  }

  private async look(): Promise<void> {
    this.#lastAt = performance.now();
    const changes = this.#changes;
    try {
      this.streams.endStreamsOf(await this.principals.findLapsed(this.streams.readers));
    } catch (error) {
      this.#logger.debug({ err: error }, 'The access of open streams cannot be checked at the moment.');
    }
    this.#looking = undefined;
    // The answer may be from before a change that came meanwhile.
    if (changes === this.#changes) this.lookIn(LOOK_EVERY_MS);
    else this.lookSoon();
  }
}
