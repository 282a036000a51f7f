import { Database, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';

// The queue is short unless chaining has stopped; then its exact length does not matter.
const MOST_COUNTED = 100_000;
// A forged link behind a gap stays the last one, because no link can follow it.
const LINKS_LOOKED_AT = 1_000;

// Ids are of version 7, so that the smallest is the oldest.
const READ = prepared(`
  SELECT (SELECT count(*) FROM (SELECT 1 FROM zakops.audit_pending LIMIT ${String(MOST_COUNTED)}) p)::int AS pending,
         (SELECT extract(epoch FROM now() - l.occurred_at)::float8
            FROM (SELECT entry_id FROM zakops.audit_pending ORDER BY entry_id LIMIT 1) p JOIN zakops.audit_log l ON l.id = p.entry_id) AS age,
         (SELECT count(*) IN (0, max(position) - min(position) + 1)
            FROM (SELECT position FROM zakops.audit_chain ORDER BY position DESC LIMIT ${String(LINKS_LOOKED_AT)}) c) AS continuous,
         EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'zakops.audit_chain'::regclass AND tgname = 'audit_chain_continuity'
                    AND tgenabled IN ('O', 'A')) AS guarded`);

interface BacklogRow {
  readonly pending: number;
  readonly age: number | null;
  readonly continuous: boolean;
  readonly guarded: boolean;
}

/** How far the chain is behind the audit log, and whether it can be extended. */
export interface AuditBacklog {
  /** The number of entries that are not chained; at most 100,000. */
  readonly pending: number;
  /** The age of the oldest of them; null when there is none. */
  readonly oldestAgeSeconds: number | null;
  /** False when a link is missing among the last 1,000. */
  readonly isContinuous: boolean;
  /** False when the trigger that refuses wrong links is missing or disabled. */
  readonly isGuarded: boolean;
}

/** Reads how far the hash chain is behind the audit log. */
@Injectable()
export class AuditBacklogReader {
  constructor(private readonly database: Database) {}

  /** @throws DatabaseUnavailableError when the server cannot be reached */
  async read(): Promise<AuditBacklog> {
    const [row] = await this.database.query<BacklogRow>(READ);
    if (row === undefined) throw new Error('A statement without FROM gave no row.');
    const { pending, age, continuous, guarded } = row;
    return { pending, oldestAgeSeconds: age === null ? null : Math.max(0, age), isContinuous: continuous, isGuarded: guarded };
  }
}
