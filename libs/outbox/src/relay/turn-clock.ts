import { performance } from 'node:perf_hooks';

/** Measures how long ago a loop last went round. */
export class TurnClock {
  #turnedAt = performance.now();

  /** Milliseconds since the last turn, or since the loop was made. */
  get idleMs(): number {
    return performance.now() - this.#turnedAt;
  }

  /** Notes a turn, whatever came of it. */
  turned(): void {
    this.#turnedAt = performance.now();
  }
}
