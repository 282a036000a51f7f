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
         SELECT attempt, replay AS redrives, started_at AS "startedAt", duration_ms AS "durationMs", reason_code AS "reasonCode", error
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
         SELECT p.kind, p.actor, p.reason, p.performed_at AS "performedAt"
           FROM zakops.dlq_operation_entries d JOIN zakops.dlq_operations p ON p.id = d.operation_id
          WHERE d.entry_id = $1
          ORDER BY p.performed_at DESC, p.id DESC LIMIT ${String(MOST)}) last
        ORDER BY "performedAt"`,
      [id],
    );
  }
}
