import { Database } from '#zakops/database';
import { deadLetterCondition, FAILED_AT, needsEvents, TICKETS, withoutValues } from '#zakops/outbox';
import type { DeadLetterFilter } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { TREND_HOURS } from '../failure-group.view.js';
import type { FailureGroupKey, FailureGroupPage, FailureGroupView } from '../failure-group.view.js';

const EVENTS = 'JOIN zakops.events e ON e.id = o.event_id';

interface Sums {
  readonly total: number;
  readonly dead_letters: number;
}

/** A page without groups. */
interface EmptyRow extends Sums {
  readonly fingerprint: null;
}

interface GroupRow extends Sums {
  readonly fingerprint: string;
  readonly n: number;
  readonly aggregates: number;
  readonly first_failed_at: Date;
  readonly last_failed_at: Date;
  readonly trend: readonly number[];
  readonly consumer: string;
  readonly event_type: string;
  readonly reason_code: string | null;
  readonly last_error: string | null;
  readonly id: string;
  readonly event_id: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly correlation_id: string;
  readonly error_class: string | null;
  readonly sql_state: string | null;
  readonly table_name: string | null;
  readonly constraint_name: string | null;
  readonly frame: string | null;
  readonly message: string | null;
}

/** Groups dead letters by fingerprint. */
@Injectable()
export class FailureGroupReader {
  constructor(private readonly database: Database) {}

  /** A part of the list: most dead letters first, groups of the same number by falling fingerprint. */
  async list(filter: DeadLetterFilter, limit: number, after: FailureGroupKey | undefined): Promise<FailureGroupPage> {
    const parameters: unknown[] = [limit + 1];
    const where = deadLetterCondition(filter, parameters);
    const text = statement(where, needsEvents(filter) ? EVENTS : '', after, parameters);
    const rows = await this.database.query<GroupRow | EmptyRow>(text, parameters);
    const groups = rows.filter((row): row is GroupRow => row.fingerprint !== null);
    const page = groups.slice(0, limit);
    const last = page.at(-1);
    return {
      groups: page.map(toView),
      total: rows[0]?.total ?? 0,
      deadLetters: rows[0]?.dead_letters ?? 0,
      next: groups.length > limit && last !== undefined ? { count: last.n, fingerprint: last.fingerprint } : null,
    };
  }
}

// Hours ago, oldest first.
const TREND = Array.from({ length: TREND_HOURS }, (_, n) => `count(*) FILTER (WHERE ago = ${String(TREND_HOURS - 1 - n)})::int`).join(', ');

/**
 * Groups the dead letters that fit; `OFFSET 0` has the hour of each computed once and not 24 times.
 *
 * @remarks One look at the dead letters and one grouping: statistics do not count those of a minute ago, and a look for each group would read all of
 * them each time. What else is shown is read by keys, for the groups of the page.
 */
function statement(where: string, events: string, after: FailureGroupKey | undefined, parameters: unknown[]): string {
  let behind = '';
  if (after !== undefined) {
    const at = parameters.push(after.count, after.fingerprint);
    behind = `WHERE (n, fingerprint) < ($${String(at - 1)}::bigint, $${String(at)}::text)`;
  }
  return `
  WITH grouped AS MATERIALIZED (
    SELECT fingerprint, count(*)::int AS n, count(DISTINCT stream)::int AS aggregates, min(first_failed_at) AS first_failed_at,
           max(failed_at) AS last_failed_at, (array_agg(event_id ORDER BY failed_at DESC))[1] AS event_id, min(consumer) AS consumer,
           ARRAY[${TREND}] AS trend
      FROM (SELECT o.fingerprint, o.stream, o.event_id, o.consumer, coalesce(o.first_failed_at, ${FAILED_AT}) AS first_failed_at,
                   ${FAILED_AT} AS failed_at, floor(greatest(0, extract(epoch FROM now() - ${FAILED_AT})::float8) / 3600)::int AS ago
              FROM ${TICKETS} o ${events} WHERE ${where} AND o.fingerprint IS NOT NULL OFFSET 0) AS dead
     GROUP BY fingerprint
  ), page AS MATERIALIZED (
    SELECT * FROM grouped ${behind} ORDER BY n DESC, fingerprint DESC LIMIT $1
  ), sums AS (
    SELECT count(*)::int AS total, coalesce(sum(n), 0)::int AS dead_letters FROM grouped
  )
  SELECT g.*, sums.total, sums.dead_letters, zakops.ticket_id(g.event_id, g.consumer) AS id, newest.*, event.*, why.*
    FROM sums LEFT JOIN page g ON true
    LEFT JOIN LATERAL (
      SELECT o.event_type, o.reason_code, o.last_error FROM ${TICKETS} o WHERE o.event_id = g.event_id AND o.consumer = g.consumer LIMIT 1
    ) AS newest ON true
    LEFT JOIN LATERAL (
      SELECT e.aggregate_type, e.aggregate_id, e.correlation_id FROM zakops.events e WHERE e.id = g.event_id LIMIT 1
    ) AS event ON true
    LEFT JOIN LATERAL (
      SELECT a.error_class, a.sql_state, a.table_name, a.constraint_name, a.frame, a.message
        FROM zakops.outbox_attempts a WHERE a.event_id = g.event_id AND a.consumer = g.consumer
       ORDER BY a.replay DESC, a.attempt DESC LIMIT 1
    ) AS why ON true
   ORDER BY g.n DESC, g.fingerprint DESC`;
}

function toView(row: GroupRow): FailureGroupView {
  return {
    fingerprint: row.fingerprint,
    count: row.n,
    aggregates: row.aggregates,
    firstFailedAt: row.first_failed_at,
    lastFailedAt: row.last_failed_at,
    consumer: row.consumer,
    eventType: row.event_type,
    reasonCode: row.reason_code,
    errorClass: row.error_class,
    sqlState: row.sql_state,
    table: row.table_name,
    constraint: row.constraint_name,
    frame: row.frame,
    // Version 0.4.0 keeps the text only, with its values.
    message: row.message ?? (row.last_error === null ? null : withoutValues(row.last_error)),
    trend: row.trend,
    sample: {
      id: row.id,
      eventId: row.event_id,
      aggregateType: row.aggregate_type,
      aggregateId: row.aggregate_id,
      correlationId: row.correlation_id,
      failedAt: row.last_failed_at,
    },
  };
}
