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

interface Waiter {
  readonly begin: () => void;
  readonly refuse: (error: TooManyHashesError) => void;
}

/**
 * Lets a few pieces of work run at once, others wait, and refuses what would wait too long: a hash costs memory and a core by design, and a
 * flood of logins must not take both from everything else.
 *
 * @remarks Callers wait in lines, one for each network they come from. The lines take turns, and in a full queue the last of the longest line
 * gives way: who sends many logins waits behind himself.
 */
export class HashQueue {
  /** In the order of their turns. */
  readonly #lines = new Map<string, Waiter[]>();
  #running = 0;
  #waiting = 0;

  constructor(
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
  ) {}

  /**
   * @param line - from where the caller comes
   * @throws TooManyHashesError when the queue is full and no line is longer; then `work` was not begun
   */
  async run<T>(work: () => Promise<T>, line = ''): Promise<T> {
    if (this.#running < this.maxRunning) this.#running += 1;
    // The one that ends hands over its place, so that nobody who comes in between can take it.
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
    // To the end of the turns, unless nobody of it waits.
    this.#lines.delete(line);
    if (waiters.length > 0) this.#lines.set(line, waiters);
    this.#waiting -= 1;
    return next;
  }
}
