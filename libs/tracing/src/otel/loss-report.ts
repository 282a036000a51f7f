import { Logger } from '@nestjs/common';

const AT_MOST_EVERY_MS = 60_000;

/** Tells the log of spans that were lost, at most once a minute. */
export class LossReport {
  readonly #logger = new Logger('Tracing');
  #lost = 0;
  #reason = '';
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** @param reason - the last one of a minute is told */
  add(spans: number, reason: string): void {
    this.#lost += spans;
    this.#reason = reason;
    const waitMs = this.#toldAtMs + AT_MOST_EVERY_MS - performance.now();
    if (waitMs <= 0) this.tell();
    else this.tellAfter(waitMs);
  }

  /** Tells of what is still untold. */
  tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lost === 0) return;
    this.#logger.warn({ lost: this.#lost, reason: this.#reason }, 'Spans were lost: the collector did not take them in time.');
    this.#lost = 0;
    this.#toldAtMs = performance.now();
  }

  private tellAfter(waitMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.tell();
    }, waitMs).unref();
  }
}
