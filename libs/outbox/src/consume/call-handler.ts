import type { TraceContext } from '#zakops/kernel';
import { runInCall } from '#zakops/observability';
import { DeliveryTimeoutError } from '../tickets/retry-schedule.js';
import type { Delivery } from './event-consumer.js';

/** The process stops and cannot wait for a handler any longer. The attempt does not count. */
export class DeliveryInterruptedError extends Error {
  constructor(consumer: string) {
    super(`Consumer ${consumer} was interrupted, because the process stops.`);
    this.name = 'DeliveryInterruptedError';
  }
}

/** Calls a consumer's handler, each call with its own ids and within its time limit. One call at a time. */
export class HandlerCall {
  #abort = new AbortController();
  #cut: (error: Error) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param limitMs - for each call
   * @param interrupt - aborted with the error to throw when the process cannot wait
   */
  constructor(
    private readonly consumer: string,
    private readonly limitMs: number,
    private readonly interrupt: AbortSignal,
  ) {}

  /**
   * Runs a handler as a call of its own.
   *
   * @param trace - ids of the call
   * @throws DeliveryTimeoutError when it takes longer than the limit, DeliveryInterruptedError when the process stops
   */
  async run({ event }: Delivery, trace: TraceContext, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.interrupt.throwIfAborted();
    // The signal of a call that was cut stays aborted; all others can share one.
    if (this.#abort.signal.aborted) this.#abort = new AbortController();
    const { signal } = this.#abort;
    const call = {
      trace,
      correlationId: event.correlationId,
      causationId: event.id,
      actor: { type: 'system', id: this.consumer },
    } as const;
    const cut = new Promise<never>((_resolve, reject) => {
      this.#cut = reject;
    });
    const onInterrupt = (): void => {
      this.end(this.interrupt.reason as Error);
    };
    this.interrupt.addEventListener('abort', onInterrupt, { once: true });
    this.watch();
    try {
      await Promise.race([runInCall(call, () => work(signal)), cut]);
    } finally {
      this.#cut = () => undefined;
      clearTimeout(this.#timer);
      this.interrupt.removeEventListener('abort', onInterrupt);
    }
  }

  private watch(): void {
    this.#timer = setTimeout(() => {
      this.end(new DeliveryTimeoutError(this.consumer, this.limitMs));
    }, this.limitMs);
  }

  private end(error: Error): void {
    this.#abort.abort(error);
    this.#cut(error);
  }
}
