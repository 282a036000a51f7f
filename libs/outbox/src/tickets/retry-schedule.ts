import { mapErrorOfWork } from '#zakops/database';
import { DomainError } from '#zakops/kernel';

const DELAYS_SECONDS = [5, 15, 60, 300] as const;
const JITTER = 0.2;

/** The reason code of an attempt during which the worker ended without a word. */
export const WORKER_CRASHED = 'worker_crashed';

/** Thrown by a consumer for a failure that no repetition mends: the ticket is dead at once. */
export class PermanentDeliveryError extends Error {
  /** @param reasonCode - stable, for example `http_410`; shown in the dead letter queue */
  constructor(
    readonly reasonCode: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PermanentDeliveryError';
  }
}

/** A consumer did not finish within the limit. */
export class DeliveryTimeoutError extends Error {
  constructor(consumer: string, limitMs: number) {
    super(`Consumer ${consumer} did not finish within ${String(limitMs)} ms.`);
    this.name = 'DeliveryTimeoutError';
  }
}

/**
 * Seconds to wait after the given failed attempt: 5, 15, 60, 300, each ±20 %.
 *
 * @param attempt - 1 for the first failure; past the table its last entry holds
 * @param random - from 0 to 1, for the jitter
 */
export function retryDelaySeconds(attempt: number, random: number = Math.random()): number {
  const base = DELAYS_SECONDS[Math.min(attempt, DELAYS_SECONDS.length) - 1] ?? DELAYS_SECONDS[0];
  return base * (1 - JITTER + 2 * JITTER * random);
}

/** True when another attempt cannot help. */
export function isPermanent(error: unknown): boolean {
  return error instanceof PermanentDeliveryError;
}

/** The stable reason shown in the dead letter queue. */
export function reasonCodeOf(error: unknown): string {
  if (error instanceof PermanentDeliveryError) return error.reasonCode;
  if (error instanceof DeliveryTimeoutError) return 'timeout';
  // A statement that failed inside a savepoint comes as the driver threw it.
  const mapped = mapErrorOfWork(error);
  return mapped instanceof DomainError ? mapped.code.toLowerCase() : 'handler_error';
}
