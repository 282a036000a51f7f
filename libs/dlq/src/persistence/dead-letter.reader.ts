import { boundedByBytes, Database, EVENT_DATA_BYTES, READ_MAX_BYTES, toBoundedPage } from '#zakops/database';
import type { BoundedPage, ByteCount } from '#zakops/database';
import { needsEvents, deadLetterCondition, DEAD_LETTER_ID, FAILED_AT, LOG_CONSUMER, TICKETS } from '#zakops/outbox';
import type { DeadLetterFilter } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { DeadLetterFields, DeadLetterPage, DeadLetterPageStart, DeadLetterView } from '../dead-letter.view.js';

const EVENTS = 'JOIN zakops.events e ON e.id = o.event_id';

// A publication ticket is numbered before its event has a position.
const COLUMNS = `${DEAD_LETTER_ID} AS id, o.event_id, o.event_type, e.correlation_id, e.aggregate_type, e.aggregate_id, o.consumer,
  CASE WHEN o.consumer <> '${LOG_CONSUMER}' THEN o.ordinal END AS position, o.attempts, o.replay_count, o.reason_code, o.fingerprint, o.last_error,
  o.created_at, o.first_failed_at, ${FAILED_AT} AS failed_at,
  to_char(${FAILED_AT} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS failed_at_key`;

interface DeadLetterRow {
  readonly id: string;
  readonly event_id: string;
  readonly event_type: string;
  /** Not in a summary. */
  readonly data?: unknown;
  readonly correlation_id: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly consumer: string;
  /** int8 comes as text from the driver. */
  readonly position: string | null;
  readonly attempts: number;
  readonly replay_count: number;
  readonly reason_code: string | null;
  readonly fingerprint: string | null;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly first_failed_at: Date | null;
  readonly failed_at: Date;
  readonly failed_at_key: string;
}

/** Reads dead letters: the tickets of the outbox that are dead. */
@Injectable()
export class DeadLetterReader {
  constructor(private readonly database: Database) {}

  /** A part of the list, last failed first and of bounded bytes, and the number of all that fit. */
  async list(
    filter: DeadLetterFilter,
    limit: number,
    start: DeadLetterPageStart,
    fields: DeadLetterFields = 'all',
  ): Promise<DeadLetterPage> {
    const [{ rows, more }, total] = await Promise.all([this.page(filter, limit, start, fields), this.count(filter)]);
    const last = rows.at(-1);
    const next = more && last !== undefined ? { failedAt: last.failed_at_key, id: last.id } : null;
    return { deadLetters: rows.map(toView), total, next };
  }

  /** The number of all that fit. */
  async count(filter: DeadLetterFilter): Promise<number> {
    const parameters: unknown[] = [];
    const events = needsEvents(filter) ? EVENTS : '';
    const [row] = await this.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${TICKETS} o ${events} WHERE ${deadLetterCondition(filter, parameters)}`,
      parameters,
    );
    return row?.n ?? 0;
  }

  private async page(
    filter: DeadLetterFilter,
    limit: number,
    start: DeadLetterPageStart,
    fields: DeadLetterFields,
  ): Promise<BoundedPage<DeadLetterRow>> {
    const parameters: unknown[] = [limit + 1, READ_MAX_BYTES];
    let where = deadLetterCondition(filter, parameters);
    let offset = 0;
    if ('after' in start) {
      const at = parameters.push(start.after.failedAt, start.after.id);
      where += ` AND (${FAILED_AT}, ${DEAD_LETTER_ID}) < ($${String(at - 1)}::timestamptz, $${String(at)}::uuid)`;
    } else {
      offset = start.offset;
    }
    const statement = boundedByBytes({
      columns: fields === 'all' ? `${COLUMNS}, e.data` : COLUMNS,
      bytes: fields === 'all' ? EVENT_DATA_BYTES : '1',
      from: `FROM ${TICKETS} o ${EVENTS} WHERE ${where}`,
      order: `${FAILED_AT} DESC, ${DEAD_LETTER_ID} DESC`,
      outerOrder: 'failed_at DESC, id DESC',
      limit: `$1 OFFSET ${String(offset)}`,
      maxBytes: '$2',
    });
    return toBoundedPage(await this.database.query<DeadLetterRow & ByteCount>(statement, parameters), limit, READ_MAX_BYTES);
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
    redrives: row.replay_count,
    reasonCode: row.reason_code,
    fingerprint: row.fingerprint,
    lastError: row.last_error,
    createdAt: row.created_at,
    firstFailedAt: row.first_failed_at,
    failedAt: row.failed_at,
  };
}
