import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { DeadLetterAttempt, DeadLetterOperation } from '../dead-letter.view.js';

/** Far more than a ticket collects in practice; bounds the answer. */
const MOST = 500;

/** Reads the history of one dead letter. */
@Injectable()
export class DeadLetterHistoryReader {
  constructor(private readonly database: Database) {}

  /** Its failed attempts, oldest first; of more than 500 the last ones. */
  async attempts(eventId: string, consumer: string): Promise<readonly DeadLetterAttempt[]> {
    return this.database.query<DeadLetterAttempt>(
      `SELECT * FROM (
         SELECT coalesce(number, row_number() OVER (ORDER BY replay, attempt))::int AS number, attempt, replay AS redrives,
                started_at AS "startedAt", duration_ms AS "durationMs", reason_code AS "reasonCode", error, fingerprint,
                error_class AS "errorClass", sql_state AS "sqlState", table_name AS "table", constraint_name AS "constraint", frame, message,
                worker, event_trace_id AS "eventTraceId", attempt_trace_id AS "attemptTraceId"
           FROM zakops.outbox_attempts WHERE event_id = $1 AND consumer = $2
          ORDER BY replay DESC, attempt DESC LIMIT ${String(MOST)}) last
        ORDER BY redrives, attempt`,
      [eventId, consumer],
    );
  }

  /** What operators did to it, oldest first; of more than 500 the last ones. */
  async operations(id: string): Promise<readonly DeadLetterOperation[]> {
    return this.database.query<DeadLetterOperation>(
      `SELECT * FROM (
         SELECT p.id, p.kind, p.actor, p.reason, p.performed_at AS "performedAt"
           FROM zakops.dlq_operation_entries d JOIN zakops.dlq_operations p ON p.id = d.operation_id
          WHERE d.entry_id = $1
          ORDER BY p.performed_at DESC, p.id DESC LIMIT ${String(MOST)}) last
        ORDER BY "performedAt"`,
      [id],
    );
  }
}
