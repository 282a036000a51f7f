import type { FailureReason } from '../dead-letter.view.js';
import type { FailureGroupView } from '../failure-group.view.js';
import type { FailureReasonResponse } from './dto/dead-letter.response.js';
import type { FailureGroupResponse } from './dto/failure-groups.response.js';

/** From the reason of a failure to its form on the wire. */
export function toFailureReasonResponse(reason: FailureReason): { [K in keyof FailureReasonResponse]: FailureReasonResponse[K] } {
  return {
    error_class: reason.errorClass,
    sql_state: reason.sqlState,
    table: reason.table,
    constraint: reason.constraint,
    frame: reason.frame,
    message: reason.message,
  };
}

/** From a group to its form on the wire. */
export function toFailureGroupResponse(group: FailureGroupView): FailureGroupResponse {
  const { sample } = group;
  return {
    fingerprint: group.fingerprint,
    count: group.count,
    aggregates: group.aggregates,
    first_failed_at: group.firstFailedAt.toISOString(),
    last_failed_at: group.lastFailedAt.toISOString(),
    consumer: group.consumer,
    event_type: group.eventType,
    reason_code: group.reasonCode,
    ...toFailureReasonResponse(group),
    trend: [...group.trend],
    sample: {
      id: sample.id,
      event_id: sample.eventId,
      aggregate_type: sample.aggregateType,
      aggregate_id: sample.aggregateId,
      correlation_id: sample.correlationId,
      failed_at: sample.failedAt.toISOString(),
    },
  };
}
