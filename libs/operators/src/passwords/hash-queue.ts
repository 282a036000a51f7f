import { DomainError } from '#zakops/kernel';

const RETRY_AFTER_SECONDS = 2;

/** More passwords wait to be hashed than this process can do in a reasonable time: 429. */
export class TooManyHashesError extends DomainError {
  constructor() {
    super({
      code: 'RATE_LIMITED',
      category: 'rate_limited',
      detail: 'Too many logins at the same moment; try again shortly.',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}

/**
 * Lets a few pieces of work run at once, others wait in order, and refuses what would wait too long: a hash costs memory and a
 * core by design, and a flood of logins must not take both from everything else.
 */
export class HashQueue {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
  ) {}

  /** @throws TooManyHashesError when the queue is full; then `work` was not begun */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.maxRunning) this.#running += 1;
    else {
      if (this.#waiting.length >= this.maxWaiting) throw new TooManyHashesError();
      // The one that ends hands over its place, so that nobody who comes in between can take it.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
