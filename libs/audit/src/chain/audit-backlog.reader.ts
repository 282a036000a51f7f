import { Database, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';

// The queue is short unless nobody chains; then its exact length says no more than that.
const MOST_COUNTED = 100_000;

// Ids are of version 7, so that the smallest is the oldest.
const READ = prepared(`
  SELECT (SELECT count(*) FROM (SELECT 1 FROM zakops.audit_pending LIMIT ${String(MOST_COUNTED)}) p)::int AS pending,
         (SELECT extract(epoch FROM now() - l.occurred_at)::float8
            FROM (SELECT entry_id FROM zakops.audit_pending ORDER BY entry_id LIMIT 1) p JOIN zakops.audit_log l ON l.id = p.entry_id) AS age`);

/** How far the hash chain is behind the audit log. */
export interface AuditBacklog {
  /** Entries without a place in the chain; at most 100,000. */
  readonly pending: number;
  /** Age of the oldest of them; null when there is none. */
  readonly oldestAgeSeconds: number | null;
}

/** Tells how far the hash chain is behind the audit log. */
@Injectable()
export class AuditBacklogReader {
  constructor(private readonly database: Database) {}

  /** @throws DatabaseUnavailableError when the server cannot be reached */
  async read(): Promise<AuditBacklog> {
    const [row] = await this.database.query<{ pending: number; age: number | null }>(READ);
    if (row === undefined) throw new Error('A statement without FROM gave no row.');
    return { pending: row.pending, oldestAgeSeconds: row.age === null ? null : Math.max(0, row.age) };
  }
}
