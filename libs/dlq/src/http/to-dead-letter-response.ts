import type { DeadLetterDetails, DeadLetterView } from '../dead-letter.view.js';
import type { DeadLetterDetailsResponse, DeadLetterResponse } from './dto/dead-letter.response.js';

/** From a dead letter to its form on the wire. */
export function toDeadLetterResponse(deadLetter: DeadLetterView, maxAttempts: number): DeadLetterResponse {
  return {
    id: deadLetter.id,
    correlation_id: deadLetter.correlationId,
    event_type: deadLetter.eventType,
    event_data: deadLetter.eventData,
    attempts: deadLetter.attempts,
    max_attempts: maxAttempts,
    last_error: deadLetter.lastError,
    created_at: deadLetter.createdAt.toISOString(),
    failed_at: deadLetter.failedAt.toISOString(),
    event_id: deadLetter.eventId,
    consumer: deadLetter.consumer,
    aggregate_type: deadLetter.aggregateType,
    aggregate_id: deadLetter.aggregateId,
    position: deadLetter.position,
    reason_code: deadLetter.reasonCode,
    first_failed_at: deadLetter.firstFailedAt?.toISOString() ?? null,
    replay_count: deadLetter.redrives,
  };
}

/** From a dead letter with its history to its form on the wire. */
export function toDeadLetterDetailsResponse(deadLetter: DeadLetterDetails, maxAttempts: number): DeadLetterDetailsResponse {
  return Object.assign(toDeadLetterResponse(deadLetter, maxAttempts), {
    attempt_history: deadLetter.attemptHistory.map((attempt) => ({
      attempt: attempt.attempt,
      replay: attempt.redrives,
      started_at: attempt.startedAt.toISOString(),
      duration_ms: attempt.durationMs,
      reason_code: attempt.reasonCode,
      error: attempt.error,
    })),
    operations: deadLetter.operations.map((operation) => ({
      kind: operation.kind,
      actor: operation.actor,
      reason: operation.reason,
      performed_at: operation.performedAt.toISOString(),
    })),
  });
}
