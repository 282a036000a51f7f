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

/**
 * Runs a handler as a call of its own, within its time limit.
 *
 * @param trace - ids of the call
 * @param interrupt - aborted with the error to throw when the process cannot wait
 * @throws DeliveryTimeoutError when it takes longer than `limitMs`
 */
export async function callHandler(
  consumer: string,
  { event }: Delivery,
  trace: TraceContext,
  limitMs: number,
  interrupt: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  interrupt.throwIfAborted();
  const abort = new AbortController();
  let end: (error: Error) => void = () => undefined;
  const cut = new Promise<never>((_resolve, reject) => {
    end = (error) => {
      abort.abort(error);
      reject(error);
    };
  });
  const timer = setTimeout(() => {
    end(new DeliveryTimeoutError(consumer, limitMs));
  }, limitMs);
  const onInterrupt = (): void => {
    end(interrupt.reason as Error);
  };
  interrupt.addEventListener('abort', onInterrupt, { once: true });
  const call = {
    trace,
    correlationId: event.correlationId,
    causationId: event.id,
    actor: { type: 'system', id: consumer },
  } as const;
  try {
    await Promise.race([runInCall(call, () => work(abort.signal)), cut]);
  } finally {
    clearTimeout(timer);
    interrupt.removeEventListener('abort', onInterrupt);
  }
}
