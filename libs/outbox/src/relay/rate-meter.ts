import { performance } from 'node:perf_hooks';

const WINDOW_MS = 60_000;

/** Counts something and tells its rate over the last minute. */
export class RateMeter {
  readonly #samples: { atMs: number; total: number }[] = [{ atMs: performance.now(), total: 0 }];
  #total = 0;

  /** Counts `amount` more. */
  add(amount: number): void {
    this.#total += amount;
  }

  /** Takes a sample and gives the average per second since the oldest one of the last minute, to two decimals. */
  sample(nowMs: number = performance.now()): number {
    this.#samples.push({ atMs: nowMs, total: this.#total });
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? nowMs) <= nowMs - WINDOW_MS) this.#samples.shift();
    const oldest = this.#samples[0];
    if (oldest === undefined || nowMs <= oldest.atMs) return 0;
    return Math.round(((this.#total - oldest.total) / (nowMs - oldest.atMs)) * 100_000) / 100;
  }
}
