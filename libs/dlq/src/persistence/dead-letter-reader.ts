import { Database } from '#zakops/database';
import { deadTicketCondition, ENTRY_ID, FAILED_AT, LOG_CONSUMER } from '#zakops/outbox';
import type { DeadTicketFilter } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { DeadLetterView } from '../queries/dead-letter.view.js';
import type { DeadLetterPage, DeadLetterPageStart } from '../queries/list-dead-letters/list-dead-letters.query.js';

const FROM = 'FROM zakops.outbox o JOIN zakops.events e ON e.id = o.event_id';

// A publication ticket is numbered before its event has a position.
const COLUMNS = `${ENTRY_ID} AS id, o.event_id, o.event_type, e.data, e.correlation_id, e.aggregate_type, e.aggregate_id, o.consumer,
  CASE WHEN o.consumer <> '${LOG_CONSUMER}' THEN o.ordinal END AS position, o.attempts, o.replay_count, o.reason_code, o.last_error,
  o.created_at, o.first_failed_at, ${FAILED_AT} AS failed_at,
  to_char(${FAILED_AT} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS failed_at_key`;

interface DeadLetterRow {
  readonly id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly data: unknown;
  readonly correlation_id: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly consumer: string;
  /** int8 comes as text from the driver. */
  readonly position: string | null;
  readonly attempts: number;
  readonly replay_count: number;
  readonly reason_code: string | null;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly first_failed_at: Date | null;
  readonly failed_at: Date;
  readonly failed_at_key: string;
}

/** Reads the queue: the tickets of the outbox that are dead. */
@Injectable()
export class DeadLetterReader {
  constructor(private readonly database: Database) {}

  /** A part of the list, last failed first, and the number of all that fit. */
  async list(filter: DeadTicketFilter, limit: number, start: DeadLetterPageStart): Promise<DeadLetterPage> {
    const [rows, total] = await Promise.all([this.rows(filter, limit + 1, start), this.count(filter)]);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { entries: shown.map(toView), total, next: more ? { failedAt: last.failed_at_key, entryId: last.id } : null };
  }

  private async rows(filter: DeadTicketFilter, limit: number, start: DeadLetterPageStart): Promise<readonly DeadLetterRow[]> {
    const parameters: unknown[] = [limit];
    let where = deadTicketCondition(filter, parameters);
    let offset = 0;
    if ('after' in start) {
      const at = parameters.push(start.after.failedAt, start.after.entryId);
      where += ` AND (${FAILED_AT}, ${ENTRY_ID}) < ($${String(at - 1)}::timestamptz, $${String(at)}::uuid)`;
    } else {
      offset = start.offset;
    }
    return this.database.query<DeadLetterRow>(
      `SELECT ${COLUMNS} ${FROM} WHERE ${where} ORDER BY ${FAILED_AT} DESC, ${ENTRY_ID} DESC LIMIT $1 OFFSET ${String(offset)}`,
      parameters,
    );
  }

  private async count(filter: DeadTicketFilter): Promise<number> {
    const parameters: unknown[] = [];
    const [row] = await this.database.query<{ n: number }>(
      `SELECT count(*)::int AS n ${FROM} WHERE ${deadTicketCondition(filter, parameters)}`,
      parameters,
    );
    return row?.n ?? 0;
  }
}

function toView(row: DeadLetterRow): DeadLetterView {
  return {
    id: row.id,
    eventId: row.event_id,
    eventType: row.event_type,
    eventData: row.data,
    correlationId: row.correlation_id,
    aggregateType: row.aggregate_type,
    aggregateId: row.aggregate_id,
    consumer: row.consumer,
    position: row.position === null ? null : Number(row.position),
    attempts: row.attempts,
    replayCount: row.replay_count,
    reasonCode: row.reason_code,
    lastError: row.last_error,
    createdAt: row.created_at,
    firstFailedAt: row.first_failed_at,
    failedAt: row.failed_at,
  };
}
