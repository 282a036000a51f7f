import { DomainError } from '#zakops/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { SseConfig } from '../sse.config.js';

const RETRY_AFTER_SECONDS = 5;

/** This process holds as many streams as it may. */
export class TooManyStreamsError extends DomainError {
  constructor(limit: number, fallback: string) {
    super({
      code: 'SERVICE_UNAVAILABLE',
      category: 'unavailable',
      detail: `This process holds ${String(limit)} streams already; use ${fallback} until one is free.`,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}

/** One operator holds as many streams as one may. */
export class TooManyStreamsOfUserError extends DomainError {
  constructor(limit: number) {
    super({
      code: 'RATE_LIMITED',
      category: 'rate_limited',
      detail: `You have ${String(limit)} streams open already; close one first.`,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}

/** The process has no view of the log yet, or none any more because it stops. */
export class StreamsUnavailableError extends DomainError {
  constructor(detail: string) {
    super({ code: 'SERVICE_UNAVAILABLE', category: 'unavailable', detail, retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
}

/** Counts open streams, all together and by owner, and refuses what is too much. */
@Injectable()
export class StreamAdmission {
  readonly #byOwner = new Map<string, number>();
  #total = 0;

  constructor(@Inject(SseConfig) private readonly config: Pick<SseConfig, 'maxConnections' | 'maxPerUser'>) {}

  /** What a client that is refused can do meanwhile. */
  protected get fallback(): string {
    return 'GET /api/events/poll';
  }

  get total(): number {
    return this.#total;
  }

  get isFull(): boolean {
    return this.#total >= this.config.maxConnections;
  }

  /**
   * Counts one more stream.
   *
   * @param owner - undefined for one that counts only in the total
   * @throws TooManyStreamsError, TooManyStreamsOfUserError
   */
  take(owner: string | undefined): void {
    if (owner !== undefined && (this.#byOwner.get(owner) ?? 0) >= this.config.maxPerUser) {
      throw new TooManyStreamsOfUserError(this.config.maxPerUser);
    }
    if (this.isFull) throw new TooManyStreamsError(this.config.maxConnections, this.fallback);
    this.#total += 1;
    if (owner !== undefined) this.#byOwner.set(owner, (this.#byOwner.get(owner) ?? 0) + 1);
  }

  /** Counts one less. */
  release(owner: string | undefined): void {
    this.#total -= 1;
    if (owner === undefined) return;
    const left = (this.#byOwner.get(owner) ?? 1) - 1;
    if (left > 0) this.#byOwner.set(owner, left);
    else this.#byOwner.delete(owner);
  }
}
