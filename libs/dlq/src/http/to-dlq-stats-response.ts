import type { DeadLetterStats } from '../dead-letter.view.js';
import type { DlqStatsResponse } from './dto/dlq.responses.js';

/** From the stats to their form on the wire. */
export function toDlqStatsResponse(stats: DeadLetterStats): DlqStatsResponse {
  return {
    total_count: stats.total,
    by_event_type: stats.byEventType,
    by_consumer: stats.byConsumer,
    by_reason: stats.byReason,
    oldest_entry: stats.oldestFailedAt?.toISOString() ?? null,
    oldest_age_seconds: stats.oldestAgeSeconds,
  };
}
