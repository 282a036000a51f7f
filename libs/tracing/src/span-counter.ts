import type { Metrics } from '#zakops/metrics';
import { Logger } from '@nestjs/common';

const AT_MOST_EVERY_MS = 60_000;

/** Counts spans that were sent and lost, and logs losses, at most once a minute. */
export class SpanCounter {
  readonly #logger = new Logger('Tracing');
  readonly #sent: { inc(spans: number): void };
  readonly #lost: { inc(spans: number): void };
  #untold = 0;
  #reason = '';
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(metrics: Pick<Metrics, 'counter'>) {
    this.#sent = metrics.counter({ name: 'zakops_tracing_spans_sent_total', help: 'Spans that the collector has taken.' });
    this.#lost = metrics.counter({
      name: 'zakops_tracing_spans_lost_total',
      help: 'Spans that were given up, because the queue was full or the collector did not take them in time.',
    });
  }

  sent(spans: number): void {
    this.#sent.inc(spans);
  }

  /** @param reason - the last one of a minute is logged */
  lost(spans: number, reason: string): void {
    this.#lost.inc(spans);
    this.#untold += spans;
    this.#reason = reason;
    const waitMs = this.#toldAtMs + AT_MOST_EVERY_MS - performance.now();
    if (waitMs <= 0) this.tell();
    else this.tellAfter(waitMs);
  }

  /** Logs the losses since the last line. */
  tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#untold === 0) return;
    this.#logger.warn({ lost: this.#untold, reason: this.#reason }, 'Spans were lost: the collector did not take them in time.');
    this.#untold = 0;
    this.#toldAtMs = performance.now();
  }

  private tellAfter(waitMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.tell();
    }, waitMs).unref();
  }
}
