import { DomainError } from '#zakops/kernel';

const RETRY_AFTER_SECONDS = 2;

/** Too many passwords wait to be hashed: 429. */
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

interface Waiter {
  readonly begin: () => void;
  readonly refuse: (error: TooManyHashesError) => void;
}

/**
 * Runs a few hashes at once, and bounds how many wait, because a flood of logins must not take all memory and cores.
 *
 * @remarks Callers wait in lines, one per network. The lines take turns. In a full queue the last caller of the longest line is refused, so
 * that a flood from one network delays only itself.
 */
export class HashQueue {
  /** In the order of turns. */
  readonly #lines = new Map<string, Waiter[]>();
  #running = 0;
  #waiting = 0;

  constructor(
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
  ) {}

  /**
   * @param line - the line in which the caller waits
   * @throws TooManyHashesError when the queue is full and no line is longer; `work` has not started then
   */
  async run<T>(work: () => Promise<T>, line = ''): Promise<T> {
    if (this.#running < this.maxRunning) this.#running += 1;
    // A finished hash hands its place to the next waiter, so that no newcomer takes it in between.
    else await this.wait(line);
    try {
      return await work();
    } finally {
      const next = this.takeNext();
      if (next === undefined) this.#running -= 1;
      else next.begin();
    }
  }

  private wait(line: string): Promise<void> {
    if (this.#waiting >= this.maxWaiting && !this.makeRoom(line)) throw new TooManyHashesError();
    return new Promise((resolve, reject) => {
      const waiters = this.#lines.get(line) ?? [];
      waiters.push({ begin: resolve, refuse: reject });
      this.#lines.set(line, waiters);
      this.#waiting += 1;
    });
  }

  /** Refuses the last of the longest line, if that is longer than the newcomer's would be. */
  private makeRoom(newcomer: string): boolean {
    let longest = newcomer;
    let length = (this.#lines.get(newcomer)?.length ?? 0) + 1;
    for (const [line, waiters] of this.#lines) if (waiters.length > length) [longest, length] = [line, waiters.length];
    if (longest === newcomer) return false;
    this.#lines.get(longest)?.pop()?.refuse(new TooManyHashesError());
    this.#waiting -= 1;
    return true;
  }

  private takeNext(): Waiter | undefined {
    const [first] = this.#lines;
    if (first === undefined) return undefined;
    const [line, waiters] = first;
    const next = waiters.shift();
    // The line goes to the end of the turns, unless it is empty.
    this.#lines.delete(line);
    if (waiters.length > 0) this.#lines.set(line, waiters);
    this.#waiting -= 1;
    return next;
  }
}
