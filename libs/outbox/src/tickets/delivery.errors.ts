import { mapErrorOfWork } from '#zakops/database';
import { DomainError } from '#zakops/kernel';

/** The reason code of an attempt during which the worker ended without a word. */
export const WORKER_CRASHED = 'worker_crashed';

// Request Timeout, Too Early, Too Many Requests: refusals of now, not of what was asked for.
const RETRYABLE_REFUSALS: readonly number[] = [408, 425, 429];

/** Thrown by a consumer for a failure that no repetition mends: the ticket is dead at once. */
export class PermanentDeliveryError extends Error {
  /** @param reasonCode - stable, for example `unknown_mailbox`; shown in the dead letter queue */
  constructor(
    readonly reasonCode: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PermanentDeliveryError';
  }
}

/**
 * Thrown by a consumer that was answered with an HTTP status that is no success; its reason code is `http_` and the status.
 *
 * @remarks 4xx says that the same call will be refused again, so the ticket is dead at once. 408, 425, 429 and every other status are
 * tried again.
 */
export class HttpDeliveryError extends Error {
  /** @param status - 300 to 599 */
  constructor(
    readonly status: number,
    message = `The other service answered ${String(status)}.`,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'HttpDeliveryError';
  }
}

/** A consumer did not finish within the limit. */
export class DeliveryTimeoutError extends Error {
  constructor(consumer: string, limitMs: number) {
    super(`Consumer ${consumer} did not finish within ${String(limitMs)} ms.`);
    this.name = 'DeliveryTimeoutError';
  }
}

/** The row of a consumer was changed by another worker or by an operator: what was prepared against it is not committed. */
export class CursorMovedError extends Error {
  constructor(consumer: string) {
    super(`The cursor of ${consumer} is not where this worker left it.`);
    this.name = 'CursorMovedError';
  }
}

/** True when another attempt cannot help. */
export function isPermanent(error: unknown): boolean {
  if (error instanceof HttpDeliveryError) {
    return error.status >= 400 && error.status < 500 && !RETRYABLE_REFUSALS.includes(error.status);
  }
  return error instanceof PermanentDeliveryError;
}

/** The stable reason shown in the dead letter queue. */
export function reasonCodeOf(error: unknown): string {
  if (error instanceof PermanentDeliveryError) return error.reasonCode;
  if (error instanceof HttpDeliveryError) return `http_${String(error.status)}`;
  if (error instanceof DeliveryTimeoutError) return 'timeout';
  // A statement that failed inside a savepoint comes as the driver threw it.
  const mapped = mapErrorOfWork(error);
  return mapped instanceof DomainError ? mapped.code.toLowerCase() : 'handler_error';
}
