// Two, so that the server has the next batch while the answer to the last one is being read; more would make batches small.
const MAX_IN_FLIGHT = 2;
const MAX_KEYS = 200;

interface Asker<R> {
  resolve(row: R | undefined): void;
  reject(error: unknown): void;
}

/**
 * Looks rows up by key: all that are asked for in one turn of the event loop by one statement, and while statements are under way all
 * that are asked for meanwhile.
 *
 * @remarks A read is sent after it was asked for, never answered from an earlier one: it sees everything that was committed before.
 */
export class BatchedRead<R extends object> {
  #waiting = new Map<string, Asker<R>[]>();
  #inFlight = 0;
  #scheduled = false;

  /** @param read - gives the rows of up to 200 different keys, in any order; a key without a row is left out */
  constructor(
    private readonly read: (keys: readonly string[]) => Promise<readonly R[]>,
    private readonly keyOf: (row: R) => string,
  ) {}

  /** The row of a key, or undefined. Two askers of one key may get the same object: do not change it. */
  get(key: string): Promise<R | undefined> {
    return new Promise((resolve, reject) => {
      const askers = this.#waiting.get(key);
      if (askers === undefined) this.#waiting.set(key, [{ resolve, reject }]);
      else askers.push({ resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.#scheduled || this.#inFlight >= MAX_IN_FLIGHT || this.#waiting.size === 0) return;
    this.#scheduled = true;
    // After the requests that are already here have been read.
    setImmediate(() => {
      this.#scheduled = false;
      void this.send();
    });
  }

  private async send(): Promise<void> {
    const batch = this.take();
    if (batch.size === 0) return;
    this.#inFlight += 1;
    try {
      const rows = new Map((await this.read([...batch.keys()])).map((row) => [this.keyOf(row), row]));
      for (const [key, askers] of batch) for (const asker of askers) asker.resolve(rows.get(key));
    } catch (error) {
      for (const askers of batch.values()) for (const asker of askers) asker.reject(error);
    } finally {
      this.#inFlight -= 1;
      this.schedule();
    }
  }

  private take(): Map<string, Asker<R>[]> {
    const all = this.#waiting;
    if (all.size <= MAX_KEYS) {
      this.#waiting = new Map();
      return all;
    }
    const batch = new Map([...all].slice(0, MAX_KEYS));
    for (const key of batch.keys()) all.delete(key);
    return batch;
  }
}
