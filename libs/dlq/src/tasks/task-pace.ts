import { performance } from 'node:perf_hooks';

const FOLLOW_EVERY_MS = 500;
const SELDOM_MS = 30_000;
const REST_MS = 1_000;

/** When a task has its next step. In memory only: after a crash the first step comes at once. */
export class TaskPace {
  /** Where the look at outcomes goes on. */
  place: object | undefined;
  #nextAt = 0;
  #followAt = 0;
  #everyMs = FOLLOW_EVERY_MS;

  /** Milliseconds until the next portion may go; 0 for now. */
  get waitMs(): number {
    return Math.max(0, this.#nextAt - performance.now());
  }

  /** Whether it is time to look at outcomes. */
  get followsNow(): boolean {
    return performance.now() >= this.#followAt;
  }

  /** Has the next portion wait as long as `rate` demands of this one; a rate of 0 demands nothing. */
  changed(count: number, rate: number): void {
    if (rate === 0 || count === 0) return;
    this.#nextAt = Math.max(this.#nextAt, performance.now()) + (count / rate) * 1_000;
  }

  /** Has the next portion wait for what other sessions hold. */
  rest(): void {
    this.#nextAt = performance.now() + REST_MS;
  }

  /** Plans the next look: soon while there is news, ever more seldom when nothing moves. */
  followed(isNew: boolean, isRunning: boolean): void {
    this.#everyMs = isNew || isRunning ? FOLLOW_EVERY_MS : Math.min(this.#everyMs * 2, SELDOM_MS);
    this.#followAt = performance.now() + (this.place === undefined ? this.#everyMs : 0);
  }
}
