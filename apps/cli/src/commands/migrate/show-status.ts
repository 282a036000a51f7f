import { readMigrationStatus } from '#zakops/database';
import { MIGRATIONS } from '../../../../../migrations/index.js';
import type { CliContext } from '../../context/cli-context.js';
import { drawTable } from '../../terminal/table.js';
import { migrationDatabase } from '../../settings/migration-database.js';

const PENDING = 2;

/** Prints which migrations are applied, since when, and which are pending; exit code 2 when some are. */
export async function showStatus({ env, terminal }: CliContext, asJson: boolean): Promise<void> {
  const { applied, pending, unknown } = await readMigrationStatus(migrationDatabase(env).url, MIGRATIONS);
  const entries = [
    ...applied.map(({ name, appliedAt }) => ({ name, state: unknown.includes(name) ? 'unknown' : 'applied', at: appliedAt })),
    ...pending.map((name) => ({ name, state: 'pending', at: null })),
  ];
  if (pending.length > 0) process.exitCode = PENDING;
  if (asJson || !terminal.showsTables) {
    const migrations = entries.map(({ name, state, at }) => ({ name, state, applied_at: at?.toISOString() ?? null }));
    terminal.print(JSON.stringify({ up_to_date: pending.length === 0, migrations }, null, 2));
    return;
  }
  const rows = entries.map(({ name, state, at }) => [name, state, at?.toISOString() ?? (state === 'pending' ? '' : 'not written down')]);
  terminal.printDrawn(await drawTable({ head: ['migration', 'state', 'applied at'], rows, wraps: 0 }, terminal));
  if (unknown.length > 0) terminal.print('unknown: applied by a newer version, which is safe for this one');
  terminal.print(pending.length === 0 ? 'the schema is up to date' : `${String(pending.length)} pending: run zakops migrate`);
}
