import type { DeadLetterDetails, DeadLetterView } from '../dead-letter.view.js';
import type { DeadLetterDetailsResponse, DeadLetterResponse, DeadLetterSummaryResponse } from './dto/dead-letter.response.js';
import { toFailureReasonResponse } from './to-failure-group-response.js';

/** From a dead letter to its form on the wire. */
export function toDeadLetterResponse(deadLetter: DeadLetterView, maxAttempts: number): DeadLetterResponse {
  return Object.assign(toDeadLetterSummaryResponse(deadLetter, maxAttempts), { event_data: deadLetter.eventData });
}

/** From a dead letter to its form on the wire, without its payload. */
export function toDeadLetterSummaryResponse(deadLetter: DeadLetterView, maxAttempts: number): DeadLetterSummaryResponse {
  return {
    id: deadLetter.id,
    correlation_id: deadLetter.correlationId,
    event_type: deadLetter.eventType,
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
    fingerprint: deadLetter.fingerprint,
  };
}

/** From a dead letter with its history to its form on the wire. */
export function toDeadLetterDetailsResponse(deadLetter: DeadLetterDetails, maxAttempts: number): DeadLetterDetailsResponse {
  return Object.assign(toDeadLetterResponse(deadLetter, maxAttempts), {
    state: deadLetter.state,
    delivered_at: deadLetter.deliveredAt?.toISOString() ?? null,
    next_attempt_at: deadLetter.nextAttemptAt?.toISOString() ?? null,
    attempt_history: deadLetter.attemptHistory.map((attempt) => ({
      number: attempt.number,
      attempt: attempt.attempt,
      replay: attempt.redrives,
      redrive_id: attempt.redriveId,
      started_at: attempt.startedAt.toISOString(),
      duration_ms: attempt.durationMs,
      reason_code: attempt.reasonCode,
      error: attempt.error,
      fingerprint: attempt.fingerprint,
      ...toFailureReasonResponse(attempt),
      worker: attempt.worker,
      event_trace_id: attempt.eventTraceId,
      attempt_trace_id: attempt.attemptTraceId,
    })),
    operations: deadLetter.operations.map((operation) => ({
      id: operation.id,
      kind: operation.kind,
      actor: operation.actor,
      reason: operation.reason,
      performed_at: operation.performedAt.toISOString(),
    })),
  });
}
