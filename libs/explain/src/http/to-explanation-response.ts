import { parseTraceparent } from '#zakops/kernel';
import type { AttemptView, CallView, DeliveryView, EventPath, ExplanationView } from '../explanation.view.js';
import type {
  ExplainedAttemptResponse,
  ExplainedCallResponse,
  ExplainedDeliveryResponse,
  ExplainedEventResponse,
  ExplainedPublicationResponse,
  ExplanationResponse,
} from './dto/explanation.response.js';

/** From an explanation to its form on the wire; the command line answers the same. */
export function toExplanationResponse(view: ExplanationView): ExplanationResponse {
  return {
    summary: view.summary,
    waits_for: view.waitsFor,
    event: toEvent(view.event),
    call: view.call === null ? null : toCall(view.call),
    publication: toPublication(view.event),
    deliveries: view.deliveries.map(toDelivery),
    streams: { ...view.streams },
  };
}

function toEvent(event: EventPath): ExplainedEventResponse {
  return {
    id: event.id,
    type: event.type,
    aggregate_type: event.aggregateType,
    aggregate_id: event.aggregateId,
    aggregate_sequence: event.aggregateSeq,
    correlation_id: event.correlationId,
    causation_id: event.causationId,
    trace_id: parseTraceparent(event.traceparent ?? undefined)?.traceId ?? null,
    actor: event.actor,
    occurred_at: event.occurredAt.toISOString(),
  };
}

function toCall(call: CallView): ExplainedCallResponse {
  return {
    audit_id: call.auditId,
    at: call.at.toISOString(),
    actor: call.actor,
    action: call.action,
    method: call.method,
    path: call.path,
    trace_id: call.traceId,
  };
}

function toPublication({ position, publishedAt, occurredAt, worker, fence }: EventPath): ExplainedPublicationResponse | null {
  if (position === null || publishedAt === null) return null;
  return { position, at: publishedAt.toISOString(), after_ms: publishedAt.getTime() - occurredAt.getTime(), worker, fence };
}

function toDelivery(delivery: DeliveryView): ExplainedDeliveryResponse {
  const { behind, pause, lastOperation } = delivery;
  return {
    consumer: delivery.consumer,
    state: delivery.state,
    sentence: delivery.sentence,
    waits: delivery.waits,
    cursor: delivery.cursor,
    dead_letter_id: delivery.deadLetterId,
    behind:
      behind === null ? null : { event_id: behind.eventId, event_type: behind.eventType, status: behind.status, attempts: behind.attempts },
    pause: pause === null ? null : { id: pause.id, scope: pause.scope, until: pause.until.toISOString(), reason: pause.reason },
    last_operation:
      lastOperation === null ? null : { kind: lastOperation.kind, actor: lastOperation.actor, at: lastOperation.at.toISOString() },
    attempts: delivery.attempts.map(toAttempt),
  };
}

function toAttempt(attempt: AttemptView): ExplainedAttemptResponse {
  return {
    number: attempt.number,
    at: attempt.at.toISOString(),
    duration_ms: attempt.durationMs,
    reason_code: attempt.reasonCode,
    error: attempt.error,
    fingerprint: attempt.fingerprint,
    worker: attempt.worker,
    trace_id: attempt.traceId,
  };
}
