import { DatabaseUnavailableError, isStatementTimeout } from '#zakops/database';
import { parseTraceparent } from '#zakops/kernel';
import { failureOf } from '../failures/failure.js';
import { fingerprintOf } from '../failures/fingerprint.js';
import { isPermanent, reasonCodeOf } from '../tickets/delivery.errors.js';
import { retryDelaySeconds } from '../tickets/retry-schedule.js';
import type { FailedAttempt } from '../tickets/ticket.js';
import { DeliveryInterruptedError } from './handler-call.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import { CursorMovedError } from '../tickets/delivery.errors.js';
import type { Delivery } from '../tickets/delivery.js';
import type { RunnerTools } from './runner-tools.js';

const MAX_ERROR_CHARACTERS = 500;

/** A call of a handler that failed. */
export interface FailedCall {
  readonly error: unknown;
  readonly durationMs: number;
  /** The trace of the call; undefined when it is not known which call of several has failed. */
  readonly traceId: string | undefined;
}

/** False for failures that are not the handler's: such an attempt does not count. */
export function isHandlersFault(error: unknown): boolean {
  if (error instanceof CursorMovedError || error instanceof DeliveryInterruptedError) return false;
  if (!(error instanceof DatabaseUnavailableError)) return true;
  // A handler's own statement that takes too long will take too long again. When the server is the cause, the failure cannot be written
  // down either, and the event is delivered again after all.
  return isStatementTimeout(error.cause);
}

/** What follows from a handler's error: another attempt by the delays of its type, or the dead letter queue. */
export function toFailedAttempt(
  { name, retryDelaysOf }: Pick<RegisteredConsumer, 'name' | 'retryDelaysOf'>,
  delivery: Delivery,
  { error, durationMs, traceId }: FailedCall,
  { config, leadership }: Pick<RunnerTools, 'config' | 'leadership'>,
): FailedAttempt {
  const delays = retryDelaysOf(delivery.event.type);
  const maxAttempts = delays === undefined ? config.maxAttempts : delays.length + 1;
  const isDead = isPermanent(error) || delivery.attempt >= maxAttempts;
  const { event } = delivery;
  const reasonCode = reasonCodeOf(error);
  const failure = failureOf(error);
  return {
    delivery,
    status: isDead ? 'dead' : 'failed',
    delaySeconds: retryDelaySeconds(delivery.attempt, delays),
    reasonCode,
    error: (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR_CHARACTERS),
    durationMs,
    failure,
    cause: error,
    fingerprint: fingerprintOf({ consumer: name, eventType: event.type, reasonCode, failure }),
    worker: leadership.owner,
    eventTraceId: parseTraceparent(event.traceparent ?? undefined)?.traceId ?? null,
    attemptTraceId: traceId ?? null,
  };
}
