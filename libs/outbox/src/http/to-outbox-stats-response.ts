import { APPEND_RATE_WINDOW_MS } from '../stats/append-rate.js';
import type { ConsumerStats, OutboxStats } from '../stats/outbox-stats.js';
import type { ConsumerStatsResponse, OutboxStatsResponse } from './dto/outbox-stats.response.js';
import { toPauseResponse } from './to-pause-response.js';
import { toFailingLoopResponse } from '../stats/to-failing-loop-response.js';

/** From the stats to their form on the wire. */
export function toOutboxStatsResponse(stats: OutboxStats): OutboxStatsResponse {
  const { leader, rates, verdict } = stats;
  return {
    by_status: { ...stats.total },
    stuck_count: stats.stuck,
    healthy: verdict.healthy,
    summary: verdict.summary,
    failing: leader.failing.map(toFailingLoopResponse),
    oldest_due_age_seconds: stats.oldestDueAgeSeconds,
    waiting_count: stats.waiting,
    rates: {
      window_seconds: APPEND_RATE_WINDOW_MS / 1_000,
      in_per_second: rates.appendedPerSecond,
      published_per_second: rates.publishedPerSecond,
      delivered_per_second: rates.deliveredPerSecond,
    },
    consumers: stats.consumers.map(toConsumerResponse),
    attempts: leader.report.attempts,
    failed_attempts: leader.report.failedAttempts,
    fenced_acknowledgements: stats.fencedAcknowledgements,
    lease_recoveries: leader.report.leaseRecoveries,
    leader: {
      owner: leader.owner,
      fence: leader.fence,
      since: leader.since?.toISOString() ?? null,
      last_heartbeat_at: leader.lastHeartbeatAt?.toISOString() ?? null,
      alive: leader.alive,
      unclean_ends: leader.uncleanEnds,
    },
    last_poll_at: leader.report.lastPollAt?.toISOString() ?? null,
    wake_mode: leader.report.wakeMode,
    log_position: stats.logPosition,
    pauses: stats.pauses.map(toPauseResponse),
  };
}

function toConsumerResponse(stats: ConsumerStats): ConsumerStatsResponse {
  return {
    consumer: stats.consumer,
    by_status: { ...stats.counts },
    waiting_count: stats.waiting,
    stuck_count: stats.stuck,
    failing_count: stats.failing,
    failing_since: stats.failingSince?.toISOString() ?? null,
    oldest_due_age_seconds: stats.oldestDueAgeSeconds,
    last_delivered_at: stats.lastDeliveredAt?.toISOString() ?? null,
    delivered_check: toDeliveredCheckResponse(stats.deliveredCheck),
  };
}

function toDeliveredCheckResponse(check: ConsumerStats['deliveredCheck']): ConsumerStatsResponse['delivered_check'] {
  if (check === null) return null;
  const { checkedAt, counted, difference, corrected } = check;
  return { checked_at: checkedAt.toISOString(), counted, difference, corrected };
}
