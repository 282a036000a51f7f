import { Database } from '#zakops/database';
import { OutboxConfig } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { ArchivedDeadLetter, ArchiveFilter, ArchiveKey, ArchivePage } from './archived-dead-letter.js';

const LIST = `
  SELECT a.entry_id AS id, a.event_id AS "eventId", a.event_type AS "eventType", a.consumer, a.aggregate_type AS "aggregateType",
         a.aggregate_id AS "aggregateId", a.correlation_id AS "correlationId", a.ticket ->> 'reason_code' AS "reasonCode",
         a.ticket ->> 'last_error' AS "lastError", a.ticket ->> 'fingerprint' AS fingerprint, a.failed_at AS "failedAt",
         a.archived_at AS "archivedAt", a.archived_by AS "archivedBy", a.reason, a.task_id AS "taskId", a.resubmitted_as AS "resubmittedAs",
         a.archived_at + nullif($1::int, 0) * interval '1 day' AS "expiresAt",
         to_char(a.archived_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS key
    FROM zakops.dead_letter_archive a
   WHERE ($2::uuid IS NULL OR a.task_id = $2) AND ($3::text IS NULL OR a.consumer = $3) AND ($4::text IS NULL OR a.event_type = $4)
     AND ($5::text IS NULL OR a.aggregate_id = $5) AND ($6::timestamptz IS NULL OR (a.archived_at, a.entry_id) < ($6, $7::uuid))
   ORDER BY a.archived_at DESC, a.entry_id DESC LIMIT $8`;

/** Reads the archive of dead letters. */
@Injectable()
export class ArchiveReader {
  constructor(
    private readonly database: Database,
    private readonly config: OutboxConfig,
  ) {}

  /** Last discarded first. */
  async list(filter: ArchiveFilter, limit: number, after: ArchiveKey | undefined): Promise<ArchivePage> {
    const { taskId, consumer, eventType, aggregateId } = filter;
    const rows = await this.database.query<ArchivedDeadLetter & { key: string }>(LIST, [
      this.config.deadLetterArchiveDays,
      taskId ?? null,
      consumer ?? null,
      eventType ?? null,
      aggregateId ?? null,
      after?.archivedAt ?? null,
      after?.id ?? null,
      limit + 1,
    ]);
    const entries = rows.slice(0, limit);
    const last = entries.at(-1);
    return { entries, next: rows.length > limit && last !== undefined ? { archivedAt: last.key, id: last.id } : null };
  }
}
