import { migrate, readMigrationStatus, renewRuntimeGrants } from '#zakops/database';
import { MIGRATIONS } from '../../../../../migrations/index.js';
import { RUNTIME_GRANTS } from '../../../../../migrations/runtime-grants.js';
import type { CliContext } from '../../context/cli-context.js';
import { migrationDatabase } from '../../settings/migration-database.js';
import { prepareTrigramSearch } from './prepare-trigram-search.js';

/**
 * Runs pending migrations and prints one line for each; then renews the rights of run-time roles, which need rights to new tables.
 *
 * @remarks On a schema of a newer version, rights stay as they are: this version does not know the newer tables, and processes of the newer
 * version may still run.
 * @throws ConfigError when DATABASE_URL is missing or unreadable
 */
export async function runMigrate({ env, terminal }: CliContext): Promise<void> {
  const { url } = migrationDatabase(env);
  const { applied, adoptedOriginal } = await migrate(url, MIGRATIONS);
  const { unknown } = await readMigrationStatus(url, MIGRATIONS);
  const roles = unknown.length === 0 ? await renewRuntimeGrants(url, RUNTIME_GRANTS) : [];
  for (const sentence of await prepareTrigramSearch(url)) terminal.print(sentence);
  if (adoptedOriginal) terminal.print('found a database of the original system: moved it to schema zakops_legacy and copied from it');
  for (const name of applied) terminal.print(`applied ${name}`);
  terminal.print(applied.length === 0 ? 'the schema is up to date' : `${String(applied.length)} migrations applied`);
  for (const role of roles) terminal.print(`renewed the rights of ${role}`);
  if (unknown.length > 0) {
    terminal.print(`the schema is of a newer version (${unknown.join(', ')}): the rights of run-time roles are left as they are`);
  }
}
