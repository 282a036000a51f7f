import type { ArchivedDeadLetter } from '../archive/archived-dead-letter.js';
import type { ArchivedResponse } from './dto/task.responses.js';

/** From a dead letter in the archive to its form on the wire. */
export function toArchivedResponse(archived: ArchivedDeadLetter): ArchivedResponse {
  return {
    id: archived.id,
    event_id: archived.eventId,
    event_type: archived.eventType,
    consumer: archived.consumer,
    aggregate_type: archived.aggregateType,
    aggregate_id: archived.aggregateId,
    correlation_id: archived.correlationId,
    reason_code: archived.reasonCode,
    last_error: archived.lastError,
    fingerprint: archived.fingerprint,
    failed_at: archived.failedAt.toISOString(),
    archived_at: archived.archivedAt.toISOString(),
    archived_by: archived.archivedBy,
    reason: archived.reason,
    task_id: archived.taskId,
    resubmitted_as: archived.resubmittedAs,
    expires_at: archived.expiresAt?.toISOString() ?? null,
  };
}
