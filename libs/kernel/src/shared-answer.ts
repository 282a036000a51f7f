import { performance } from 'node:perf_hooks';

/**
 * Asks one question at a time: who asks while it is open gets the same answer, and an answer may be given again for a while.
 *
 * @remarks A question that hangs therefore holds one connection, however often a probe comes.
 */
export class SharedAnswer<T> {
  #open: Promise<T> | undefined;
  #last: { readonly answer: T; readonly untilMs: number } | undefined;

  /** @param freshForMs - how long an answer is given again; errors never are */
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
