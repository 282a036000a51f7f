import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { SpanCounter } from '../span-counter.js';

const CAPACITY = 2_048;
// Writing a batch as JSON holds up everything else meanwhile: about 2 ms for so many.
const BATCH = 256;
const EXPORT_AFTER_MS = 1_000;
const GRACE_MS = 500;

/**
 * Ended spans on their way to the collector: at most 2,048, sent in batches, one at a time.
 *
 * @remarks What comes when it is full is dropped and counted, so a collector that is slow or away costs memory for so many spans and no
 * time of any request. The processor of the SDK drops without telling.
 */
export class SpanQueue implements SpanProcessor {
  #waiting: ReadableSpan[] = [];
  #inFlight = 0;
  #abandoned = false;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  /** @param timeoutMs - after which an export has to be over */
  constructor(
    private readonly exporter: SpanExporter,
    private readonly counter: SpanCounter,
    private readonly timeoutMs: number,
  ) {}

  onStart(): void {
    // Nothing is kept of a span before its end.
  }

  onEnd(span: ReadableSpan): void {
    if (this.#abandoned || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#waiting.length >= CAPACITY) {
      this.counter.lost(1, 'queue full');
      return;
    }
    this.#waiting.push(span);
    if (this.#sending !== undefined) return;
    if (this.#waiting.length >= BATCH) this.send();
    else this.sendSoon();
  }

  /** Sends all that waits. */
  async forceFlush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#sending !== undefined) {
      this.send();
      await this.#sending;
    }
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
    await this.exporter.shutdown();
  }

  /** Gives up what could not be sent in time. */
  abandon(): void {
    this.#abandoned = true;
    clearTimeout(this.#timer);
    const left = this.#waiting.length + this.#inFlight;
    if (left > 0) this.counter.lost(left, 'the process stopped');
    this.#waiting = [];
    this.counter.tell();
  }

  private send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.sendBatches().finally(() => {
      this.#sending = undefined;
      if (this.#waiting.length > 0) this.sendSoon();
    });
  }

  private sendSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.send();
    }, EXPORT_AFTER_MS).unref();
  }

  /** Sends one batch, and more while there are full ones. */
  private async sendBatches(): Promise<void> {
    do {
      const batch = this.#waiting.splice(0, BATCH);
      if (batch.length === 0) return;
      this.#inFlight = batch.length;
      const failure = await this.export(batch);
      this.#inFlight = 0;
      if (failure === undefined) this.counter.sent(batch.length);
      else this.counter.lost(batch.length, failure);
    } while (this.#waiting.length >= BATCH);
  }

  /** Gives the reason of a failure, undefined when the collector has taken the batch. */
  private export(batch: ReadableSpan[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      // The exporter's own limit starts again with every byte: a collector that answers slowly would hold the queue without end.
      const limit = setTimeout(() => {
        resolve('timeout');
      }, this.timeoutMs + GRACE_MS).unref();
      this.exporter.export(batch, ({ error }) => {
        clearTimeout(limit);
        // The exporter gives one with every failure.
        resolve(error === undefined ? undefined : reasonOf(error));
      });
    });
  }
}

/** A code rather than a text: a collector's answer is not for our log. */
function reasonOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code;
  if (typeof code === 'number') return `status ${String(code)}`;
  return error.message === 'Request timed out' ? 'timeout' : error.name;
}
