import type { Actor, TraceContext } from '#zakops/kernel';
import { runInCall } from '#zakops/observability';
import type { CallContext } from '#zakops/observability';
import { performance } from 'node:perf_hooks';
import { DeliveryTimeoutError } from '../tickets/delivery.errors.js';
import type { Delivery } from '../tickets/delivery.js';

/** The process stops and cannot wait for a handler any longer. The attempt does not count. */
export class DeliveryInterruptedError extends Error {
  constructor(consumer: string) {
    super(`Consumer ${consumer} was interrupted, because the process stops.`);
    this.name = 'DeliveryInterruptedError';
  }
}

/**
 * Calls a consumer's handler, each call with its own ids and within its time limit. One call at a time.
 *
 * @remarks A handler may take a microsecond. So one timer and one listener serve all calls, and ids are drawn when they are asked for.
 */
export class HandlerCall {
  #abort = new AbortController();
  /** Ends the call that runs; undefined between calls. */
  #cut: ((error: Error) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #endsAtMs = 0;

  /**
   * @param limitMs - for each call
   * @param interrupt - aborted with the error to throw when the process cannot wait
   */
  constructor(
    private readonly consumer: string,
    private readonly limitMs: number,
    private readonly interrupt: AbortSignal,
  ) {
    interrupt.addEventListener('abort', this.onInterrupt, { once: true });
  }

  /**
   * Runs a handler as a call of its own.
   *
   * @param trace - makes the ids of the call
   * @throws DeliveryTimeoutError when it takes longer than the limit, DeliveryInterruptedError when the process stops
   */
  run({ event }: Delivery, trace: () => TraceContext, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.interrupt.throwIfAborted();
    // The signal of a call that was cut stays aborted; all others can share one.
    if (this.#abort.signal.aborted) this.#abort = new AbortController();
    const { signal } = this.#abort;
    const call = new DeliveryCall(event.correlationId, event.id, this.consumer, trace);
    this.watch();
    return new Promise<void>((resolve, reject) => {
      // What was cut off may end while a later call runs.
      const over = (): void => {
        if (this.#cut === fail) this.#cut = undefined;
      };
      const fail = (error: unknown): void => {
        over();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a handler may throw anything, and it is passed on
        reject(error);
      };
      this.#cut = fail;
      runInCall(call, () => work(signal)).then(() => {
        over();
        resolve();
      }, fail);
    });
  }

  /** Stops the timer and the listener; no call may follow. */
  close(): void {
    clearTimeout(this.#timer);
    this.interrupt.removeEventListener('abort', this.onInterrupt);
  }

  private watch(): void {
    this.#endsAtMs = performance.now() + this.limitMs;
    this.#timer ??= setTimeout(this.onTime, this.limitMs).unref();
  }

  private readonly onTime = (): void => {
    this.#timer = undefined;
    if (this.#cut === undefined) return;
    // It was set for an earlier call.
    const leftMs = this.#endsAtMs - performance.now();
    if (leftMs > 0) this.#timer = setTimeout(this.onTime, leftMs).unref();
    else this.end(new DeliveryTimeoutError(this.consumer, this.limitMs));
  };

  private readonly onInterrupt = (): void => {
    this.end(this.interrupt.reason as Error);
  };

  private end(error: Error): void {
    this.#abort.abort(error);
    this.#cut?.(error);
  }
}

/** What is known about the handling of one event. */
class DeliveryCall implements CallContext {
  actor: Actor | undefined;
  #trace: TraceContext | undefined;

  constructor(
    readonly correlationId: string,
    readonly causationId: string,
    consumer: string,
    private readonly makeTrace: () => TraceContext,
  ) {
    this.actor = { type: 'system', id: consumer };
  }

  get trace(): TraceContext {
    return (this.#trace ??= this.makeTrace());
  }
}
