import { performance } from 'node:perf_hooks';

/**
 * Shares one answer: callers that ask while it is on its way get the same one, and a fresh answer is reused.
 *
 * @remarks So a query that hangs holds one connection, however often a probe asks.
 */
export class SharedAnswer<T> {
  #open: Promise<T> | undefined;
  #last: { readonly answer: T; readonly untilMs: number } | undefined;

  /** @param freshForMs - how long an answer is reused, in milliseconds; errors never are */
  constructor(
    private readonly ask: () => Promise<T>,
    private readonly freshForMs = 0,
  ) {}

  /** The answer, fresh enough. */
  get(): Promise<T> {
    if (this.#open !== undefined) return this.#open;
    if (this.#last !== undefined && performance.now() < this.#last.untilMs) return Promise.resolve(this.#last.answer);
    this.#open = this.askNow().finally(() => {
      this.#open = undefined;
    });
    return this.#open;
  }

  private async askNow(): Promise<T> {
    const answer = await this.ask();
    this.#last = { answer, untilMs: performance.now() + this.freshForMs };
    return answer;
  }
}
