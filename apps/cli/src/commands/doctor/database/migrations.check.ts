import { readMigrationStatus } from '#zakops/database';
import { MIGRATIONS } from '../../../../../../migrations/index.js';
import type { Finding } from '../finding.js';

/** Whether the schema is what this build needs. */
export async function checkMigrations(url: string): Promise<Finding> {
  const { applied, pending, unknown } = await readMigrationStatus(url, MIGRATIONS);
  const measured = { applied: applied.length, pending, unknown };
  if (pending.length > 0) {
    const detail = `${String(pending.length)} of ${String(MIGRATIONS.length)} migrations are pending: ${pending.join(', ')}.`;
    return { state: 'failure', detail, advice: 'Run zakops migrate; --dry-run shows what it would do.', measured };
  }
  if (unknown.length > 0) {
    const detail = `The schema is of a newer version (${unknown.join(', ')}), beside which this one works.`;
    return { state: 'warning', detail, advice: 'Finish the update, or see docs/rollback-procedure.md.', measured };
  }
  return { state: 'ok', detail: `The schema is up to date (${String(applied.at(-1)?.name)}).`, measured };
}
