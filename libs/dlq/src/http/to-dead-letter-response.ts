import type { DeadLetterDetails, DeadLetterView } from '../queries/dead-letter.view.js';
import type { DeadLetterDetailsResponse, DeadLetterResponse } from './dto/dead-letter.response.js';

/** From an entry to its form on the wire. */
export function toDeadLetterResponse(entry: DeadLetterView, maxAttempts: number): DeadLetterResponse {
  return {
    id: entry.id,
    correlation_id: entry.correlationId,
    event_type: entry.eventType,
    event_data: entry.eventData,
    attempts: entry.attempts,
    max_attempts: maxAttempts,
    last_error: entry.lastError,
    created_at: entry.createdAt.toISOString(),
    failed_at: entry.failedAt.toISOString(),
    event_id: entry.eventId,
    consumer: entry.consumer,
    aggregate_type: entry.aggregateType,
    aggregate_id: entry.aggregateId,
    position: entry.position,
    reason_code: entry.reasonCode,
    first_failed_at: entry.firstFailedAt?.toISOString() ?? null,
    replay_count: entry.replayCount,
  };
}

/** The same with the history. */
export function toDeadLetterDetailsResponse(entry: DeadLetterDetails, maxAttempts: number): DeadLetterDetailsResponse {
  return Object.assign(toDeadLetterResponse(entry, maxAttempts), {
    attempt_history: entry.attemptHistory.map((attempt) => ({
      attempt: attempt.attempt,
      replay: attempt.replay,
      started_at: attempt.startedAt.toISOString(),
      duration_ms: attempt.durationMs,
      reason_code: attempt.reasonCode,
      error: attempt.error,
    })),
    operations: entry.operations.map((operation) => ({
      kind: operation.kind,
      actor: operation.actor,
      reason: operation.reason,
      performed_at: operation.performedAt.toISOString(),
    })),
  });
}
