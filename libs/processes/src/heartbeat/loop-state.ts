import { performance } from 'node:perf_hooks';

/**
 * Milliseconds after which a turn that has not ended counts as failing, although no error came yet.
 *
 * @remarks Operators see it within ten seconds: two until the turn begins, one until the next heartbeat, five in the cache of `/metrics`.
 */
const OVERDUE_AFTER_MS = 2_500;

/** How the turns of one loop of this process go. */
export class LoopState {
  #begunMs: number | undefined;
  #failingFromMs: number | undefined;
  #failures = 0;
  #lastError: unknown;

  constructor(readonly name: string) {}

  /** Milliseconds since the first turn began that was not followed by a good one, by the steady clock; undefined while the loop is well. */
  get failingForMs(): number | undefined {
    const nowMs = performance.now();
    if (this.#failingFromMs !== undefined) return nowMs - this.#failingFromMs;
    return this.#begunMs !== undefined && nowMs - this.#begunMs > OVERDUE_AFTER_MS ? nowMs - this.#begunMs : undefined;
  }

  /** Failed turns in a row; 0 while the first one has not ended yet. */
  get failures(): number {
    return this.#failures;
  }

  /** The error of the last turn; undefined while the loop is well, and while the first bad turn has not ended yet. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /**
   * A turn begins: unless it ends within two and a half seconds, the loop counts as failing.
   *
   * @remarks Only for turns that are short when all is well. Each turn is ended by one of the methods below.
   */
  begun(): void {
    this.#begunMs = performance.now();
  }

  /** A turn did its work. */
  succeeded(): void {
    this.#begunMs = undefined;
    this.#failingFromMs = undefined;
    this.#failures = 0;
    this.#lastError = undefined;
  }

  /** A turn failed. */
  failed(error: unknown): void {
    this.#failingFromMs ??= this.#begunMs ?? performance.now();
    this.#begunMs = undefined;
    this.#failures += 1;
    this.#lastError = error;
  }

  /** This process does not run the loop now, so that it is neither well nor failing. */
  forget(): void {
    this.succeeded();
  }
}
