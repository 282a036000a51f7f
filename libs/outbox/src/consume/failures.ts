import { DatabaseUnavailableError, isStatementTimeout } from '#zakops/database';
import type { OutboxConfig } from '../outbox.config.js';
import { isPermanent, reasonCodeOf } from '../tickets/retry-schedule.js';
import type { FailedAttempt } from '../tickets/ticket.js';
import { DeliveryInterruptedError } from './call-handler.js';
import { CursorMovedError } from './cursor-store.js';
import type { Delivery } from './event-consumer.js';

const MAX_ERROR_CHARACTERS = 500;

/** False for failures that are not the handler's: such an attempt does not count. */
export function isHandlersFault(error: unknown): boolean {
  if (error instanceof CursorMovedError || error instanceof DeliveryInterruptedError) return false;
  if (!(error instanceof DatabaseUnavailableError)) return true;
  // A handler's own statement that takes too long will take too long again. When the server is the cause, the failure cannot be written
  // down either, and the event is delivered again after all.
  return isStatementTimeout(error.cause);
}

/** What follows from a handler's error. */
export function toFailedAttempt(
  delivery: Delivery,
  error: unknown,
  durationMs: number,
  { maxAttempts }: Pick<OutboxConfig, 'maxAttempts'>,
  retryDelay: (attempt: number) => number,
): FailedAttempt {
  const isDead = isPermanent(error) || delivery.attempt >= maxAttempts;
  return {
    delivery,
    status: isDead ? 'dead' : 'failed',
    delaySeconds: retryDelay(delivery.attempt),
    reasonCode: reasonCodeOf(error),
    error: (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR_CHARACTERS),
    durationMs,
  };
}
