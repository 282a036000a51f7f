import { Database } from '#zakops/database';
import { ProcessReader } from '#zakops/processes';
import { Injectable } from '@nestjs/common';
import { IN_FORCE, PAUSE_COLUMNS, toPause } from '../pauses/pause-columns.js';
import type { PauseRow } from '../pauses/pause-columns.js';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { TICKET_STATUSES } from '../tickets/ticket-status.js';
import { AppendRate, LAST_ORDINAL } from './append-rate.js';
import { FENCED_STAT } from './fenced-stat.js';
import { LEADER_COLUMNS, toLeaderStatus } from './leader-status.js';
import type { LeaderRow } from './leader-status.js';
import { judgeOutbox } from './judge-outbox.js';
import type { ConsumerStats, DeliveredCheckResult, OutboxStats, TicketCounts } from './outbox-stats.js';

/**
 * One snapshot of all stats. Waiting events and tickets are rows of small tables; the backlog of a cursor is its distance to the end of the
 * log; deliveries are a counter.
 */
export const READ_OUTBOX_STATS = `
  WITH head AS MATERIALIZED (
    SELECT position, published_at FROM zakops.event_log ORDER BY position DESC LIMIT 1
  ), waiting AS (
    SELECT count(*)::int AS n, min(ordinal) AS first FROM zakops.outbox_waiting
  ), consumers AS (
    SELECT consumer FROM zakops.consumer_progress WHERE state <> 'removed' UNION ALL SELECT '${LOG_CONSUMER}'
  ), tickets AS (
    SELECT t.* FROM consumers c CROSS JOIN LATERAL (
      SELECT consumer, status, count(*)::int AS n,
             count(*) FILTER (WHERE status = 'pending' AND due_at IS NULL)::int AS waiting,
             count(*) FILTER (WHERE status = 'pending' AND due_at < now() - interval '1 hour')::int AS stuck,
             extract(epoch FROM now() - min(due_at) FILTER (WHERE status IN ('pending', 'failed') AND due_at <= now()))::float8 AS age,
             count(*) FILTER (WHERE status = 'failed' OR (status = 'processing' AND attempts > 1))::int AS failing,
             extract(epoch FROM min(first_failed_at) FILTER (WHERE status = 'failed' OR (status = 'processing' AND attempts > 1)))::float8 AS failing_since
        FROM zakops.outbox_tickets WHERE consumer = c.consumer AND status <> 'delivered' GROUP BY consumer, status) AS t
  ), unread AS (
    SELECT p.consumer, 'pending' AS status, (h.position - p.position)::int AS n, 0 AS waiting,
           CASE WHEN l.published_at < now() - interval '1 hour' THEN (h.position - p.position)::int ELSE 0 END AS stuck,
           extract(epoch FROM now() - l.published_at)::float8 AS age, 0 AS failing, NULL::float8 AS failing_since
      FROM zakops.consumer_progress p CROSS JOIN head h JOIN zakops.event_log l ON l.position = p.position + 1
     WHERE p.state = 'active' AND NOT p.by_tickets AND h.position > p.position
  ), live AS (
    SELECT '${LOG_CONSUMER}' AS consumer, 'pending' AS status, w.n, 0 AS waiting,
           CASE WHEN e.occurred_at < now() - interval '1 hour' THEN w.n ELSE 0 END AS stuck,
           extract(epoch FROM now() - e.occurred_at)::float8 AS age, 0 AS failing, NULL::float8 AS failing_since
      FROM waiting w JOIN zakops.outbox_waiting o ON o.ordinal = w.first JOIN zakops.events e ON e.id = o.event_id
    UNION ALL
    SELECT * FROM tickets
    UNION ALL
    SELECT * FROM unread
  )
  SELECT ${LEADER_COLUMNS}, ${LAST_ORDINAL} AS ordinal,
         coalesce((SELECT position FROM head), 0) AS position,
         (SELECT coalesce(json_agg(live), '[]') FROM live) AS live,
         (SELECT coalesce(json_agg(json_build_object('consumer', consumer, 'delivered', delivered,
                                                     'last_delivered_at', extract(epoch FROM last_delivered_at))), '[]')
            FROM zakops.consumer_progress WHERE state <> 'removed') AS progress,
         (SELECT coalesce(json_agg(json_build_object('consumer', consumer, 'checked_at', extract(epoch FROM checked_at), 'counted', counted,
                                                     'difference', counted - counter, 'corrected', corrected)), '[]')
            FROM zakops.delivered_checks) AS checks,
         (SELECT published_at FROM head) AS last_published_at,
         (SELECT coalesce(json_agg(pauses), '[]') FROM (
           SELECT ${PAUSE_COLUMNS} FROM zakops.delivery_pauses p
            WHERE p.released_at IS NULL AND ${IN_FORCE} ORDER BY p.started_at, p.id) AS pauses) AS pauses
    FROM zakops.worker_leases w WHERE w.name = 'outbox'`;

interface LiveRow {
  readonly consumer: string;
  readonly status: 'pending' | 'processing' | 'failed' | 'dead';
  readonly n: number;
  readonly waiting: number;
  readonly stuck: number;
  readonly age: number | null;
  readonly failing: number;
  readonly failing_since: number | null;
}

interface StatsRow extends LeaderRow {
  readonly ordinal: string;
  readonly position: string;
  readonly live: readonly LiveRow[];
  readonly progress: readonly { consumer: string; delivered: number; last_delivered_at: number | null }[];
  readonly checks: readonly { consumer: string; checked_at: number; counted: number; difference: number; corrected: boolean }[];
  readonly last_published_at: Date | null;
  readonly pauses: readonly PauseRow[];
}

/** Reads the stats of the event layer. Its cost does not grow with the number of delivered tickets. */
@Injectable()
export class OutboxStatsReader {
  constructor(
    private readonly database: Database,
    private readonly appendRate: AppendRate,
    private readonly processes: ProcessReader,
  ) {}

  /** @throws DatabaseUnavailableError when the server cannot be reached */
  async read(): Promise<OutboxStats> {
    const [[row], fenced] = await Promise.all([
      this.database.query<StatsRow>(READ_OUTBOX_STATS),
      this.processes.sum('outbox-worker', FENCED_STAT),
    ]);
    if (row === undefined) throw new Error('zakops.worker_leases has lost its row.');
    const leader = toLeaderStatus(row);
    const consumers = toConsumers(row);
    const ages = consumers.flatMap(({ oldestDueAgeSeconds }) => (oldestDueAgeSeconds === null ? [] : [oldestDueAgeSeconds]));
    const stats = {
      total: sumCounts(consumers.map(({ counts }) => counts)),
      stuck: consumers.reduce((sum, { stuck }) => sum + stuck, 0),
      waiting: consumers.reduce((sum, { waiting }) => sum + waiting, 0),
      oldestDueAgeSeconds: ages.length === 0 ? null : Math.max(...ages),
      consumers,
      rates: {
        appendedPerSecond: this.appendRate.add(Number(row.ordinal)),
        // What a worker said before it went is no rate of now.
        publishedPerSecond: leader.alive ? leader.report.publishedPerSecond : 0,
        deliveredPerSecond: leader.alive ? leader.report.deliveredPerSecond : 0,
      },
      leader,
      fencedAcknowledgements: fenced.sum,
      logPosition: Number(row.position),
      pauses: row.pauses.map(toPause),
    };
    return { ...stats, verdict: judgeOutbox(stats) };
  }
}

/** `log` first, the others by name. */
function toConsumers({ live, progress, checks, position, last_published_at }: StatsRow): readonly ConsumerStats[] {
  const delivered = new Map(
    progress.map(({ consumer, delivered: n, last_delivered_at: at }) => [consumer, { n, at: at === null ? null : new Date(at * 1_000) }]),
  );
  delivered.set(LOG_CONSUMER, { n: Number(position), at: last_published_at });
  const names = new Set([...delivered.keys(), ...live.map(({ consumer }) => consumer)]);
  names.delete(LOG_CONSUMER);
  return [LOG_CONSUMER, ...[...names].sort()].map((consumer) => {
    const own = live.filter((row) => row.consumer === consumer);
    const ages = own.flatMap(({ age }) => (age === null ? [] : [age]));
    const failures = own.flatMap(({ failing_since: at }) => (at === null ? [] : [at * 1_000]));
    return {
      consumer,
      counts: countsOf(own, delivered.get(consumer)?.n ?? 0),
      waiting: own.reduce((sum, row) => sum + row.waiting, 0),
      stuck: own.reduce((sum, row) => sum + row.stuck, 0),
      failing: own.reduce((sum, row) => sum + row.failing, 0),
      failingSince: failures.length === 0 ? null : new Date(Math.min(...failures)),
      oldestDueAgeSeconds: ages.length === 0 ? null : Math.round(Math.max(...ages) * 1_000) / 1_000,
      lastDeliveredAt: delivered.get(consumer)?.at ?? null,
      deliveredCheck: toDeliveredCheck(checks.find((check) => check.consumer === consumer)),
    };
  });
}

function toDeliveredCheck(check: StatsRow['checks'][number] | undefined): DeliveredCheckResult | null {
  if (check === undefined) return null;
  const { checked_at, counted, difference, corrected } = check;
  return { checkedAt: new Date(checked_at * 1_000), counted, difference, corrected };
}

function countsOf(rows: readonly LiveRow[], delivered: number): TicketCounts {
  const counts = { pending: 0, processing: 0, delivered, failed: 0, dead: 0 };
  for (const { status, n } of rows) counts[status] += n;
  return counts;
}

function sumCounts(all: readonly TicketCounts[]): TicketCounts {
  const sum = { pending: 0, processing: 0, delivered: 0, failed: 0, dead: 0 };
  for (const counts of all) for (const status of TICKET_STATUSES) sum[status] += counts[status];
  return sum;
}
