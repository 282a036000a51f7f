import type { ReplayPreview, ReplayView } from '../replay/replay.js';
import type { ReplayPreviewResponse, ReplayResponse } from './dto/replay.responses.js';

/** From a replay to its form on the wire. */
export function toReplayResponse(view: ReplayView): ReplayResponse {
  return {
    id: view.id,
    consumer: view.consumer,
    state: view.state,
    after_position: view.afterPosition,
    until_position: view.untilPosition,
    position: view.position,
    left: view.left,
    rate: view.rate,
    delivered: view.delivered,
    skipped: view.skipped,
    failures: view.failures,
    reason_code: view.reasonCode,
    last_error: view.lastError,
    failed_event_id: view.failedEventId,
    reason: view.reason,
    created_by: view.createdBy,
    created_at: view.createdAt.toISOString(),
    started_at: view.startedAt?.toISOString() ?? null,
    finished_at: view.finishedAt?.toISOString() ?? null,
  };
}

/** From a preview to its form on the wire, but for the token. */
export function toReplayPreviewResponse(preview: ReplayPreview): Omit<ReplayPreviewResponse, 'token'> {
  return {
    dry_run: true,
    consumer: preview.consumer,
    after_position: preview.afterPosition,
    until_position: preview.untilPosition,
    cursor: preview.cursor,
    count: preview.count,
    complete: preview.isComplete,
    types: { ...preview.types },
    first: preview.first,
    last: preview.last,
  };
}
