import type { DeadLetterFilter } from '#zakops/outbox';
import type { DlqTask, TaskPreview } from '../tasks/dlq-task.js';
import type { TaskPreviewResponse, TaskResponse } from './dto/task.responses.js';

/** From a task to its form on the wire. */
export function toTaskResponse(task: DlqTask): TaskResponse {
  const { delivered, deadAgain, discarded, undone, done } = task;
  const waiting = Math.max(0, done - delivered - deadAgain - discarded - undone);
  return {
    id: task.id,
    kind: task.kind,
    state: task.state,
    state_reason: task.stateReason,
    filter: toFilterResponse(task.filter),
    limit: task.limit,
    rate: task.rate,
    reason: task.reason,
    created_by: `${task.actorType}:${task.actorId}`,
    total: task.total,
    done,
    outcomes: task.kind === 'redrive' ? { waiting, delivered, dead_again: deadAgain, discarded } : null,
    undone,
    seconds_left: secondsLeft(task),
    created_at: task.createdAt.toISOString(),
    started_at: task.startedAt?.toISOString() ?? null,
    finished_at: task.finishedAt?.toISOString() ?? null,
    undo_until: task.undoUntil?.toISOString() ?? null,
  };
}

/** From a preview to its form on the wire. */
export function toTaskPreviewResponse(preview: TaskPreview, token: string): TaskPreviewResponse {
  const { ages } = preview;
  return {
    count: preview.count,
    types: preview.types,
    consumers: preview.consumers,
    ages: {
      oldest_failed_at: ages.oldestFailedAt?.toISOString() ?? null,
      newest_failed_at: ages.newestFailedAt?.toISOString() ?? null,
      last_hour: ages.lastHour,
      last_day: ages.lastDay,
      older: ages.older,
    },
    sample: preview.sample.map((one) => ({
      id: one.id,
      event_type: one.eventType,
      consumer: one.consumer,
      aggregate_id: one.aggregateId,
      reason_code: one.reasonCode,
      last_error: one.lastError,
      failed_at: one.failedAt.toISOString(),
    })),
    token,
    expires_at: preview.expiresAt.toISOString(),
  };
}

function secondsLeft({ state, rate, limit, total, done }: DlqTask): number | null {
  if (state !== 'running') return 0;
  return rate === 0 ? null : Math.max(0, Math.min(total, limit ?? total) - done) / rate;
}

function toFilterResponse(filter: DeadLetterFilter): Record<string, unknown> {
  const members: Record<string, unknown> = {
    entry_id: filter.id,
    ids: filter.ids,
    correlation_id: filter.correlationId,
    event_type: filter.eventType,
    consumer: filter.consumer,
    aggregate_type: filter.aggregateType,
    aggregate_id: filter.aggregateId,
    reason_code: filter.reasonCode,
    fingerprint: filter.fingerprint,
    failed_after: filter.failedAfter,
    failed_before: filter.failedBefore,
    older_than_days: filter.olderThanDays,
    q: filter.errorText,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
