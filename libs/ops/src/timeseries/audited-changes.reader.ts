import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { Annotation } from './annotations.js';
import type { TimeSpan } from './time-span.js';

// The condition is that of audit_log_operations_idx. Who and why stay in the audit log, which not every reader of stats may read.
const READ = `
  SELECT id, extract(epoch FROM occurred_at)::float8 AS at, action, resource_id
    FROM zakops.audit_log
   WHERE action ~ '^(log_level|deliveries|dead_letter)' AND occurred_at >= to_timestamp($1) AND occurred_at < to_timestamp($2)
   ORDER BY occurred_at DESC
   LIMIT 200`;

const TEXTS: Readonly<Record<string, string>> = {
  'log_level.overridden': 'Level of logs changed',
  'log_level.restored': 'Level of logs restored',
  'deliveries.paused': 'Deliveries paused',
  'deliveries.pause_changed': 'End of a pause changed',
  'deliveries.resumed': 'Deliveries resumed',
};

/** Reads what operators did that charts mark: pauses, redrives, the level of logs. */
@Injectable()
export class AuditedChangesReader {
  constructor(private readonly database: Database) {}

  async read({ from, to }: TimeSpan): Promise<readonly Annotation[]> {
    const rows = await this.database.query<{ id: string; at: number; action: string; resource_id: string }>(READ, [from, to]);
    return rows.map(({ id, at, action, resource_id }) => ({
      at: Math.floor(at),
      kind: kindOf(action),
      text: `${TEXTS[action] ?? action} (${resource_id})`,
      link: `/ops/audit/${id}`,
    }));
  }
}

function kindOf(action: string): Annotation['kind'] {
  if (action.startsWith('log_level')) return 'log_level';
  return action.startsWith('deliveries') ? 'pause' : 'redrive';
}
