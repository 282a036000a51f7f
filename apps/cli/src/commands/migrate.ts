import { loadConfig } from '#zakops/config';
import { DatabaseConfig, migrate } from '#zakops/database';
import { MIGRATIONS } from '../../../../migrations/index.js';

/**
 * Runs pending migrations and prints one line for each.
 *
 * @throws ConfigError when DATABASE_URL is missing or unreadable
 */
export async function runMigrate(env: NodeJS.ProcessEnv): Promise<void> {
  const { url } = loadConfig([DatabaseConfig], env).get(DatabaseConfig);
  const report = await migrate(url, MIGRATIONS);
  if (report.adoptedOriginal)
    process.stdout.write('found a database of the original system: moved it to schema zakops_legacy and copied from it\n');
  for (const name of report.applied) process.stdout.write(`applied ${name}\n`);
  process.stdout.write(
    report.applied.length === 0 ? 'the schema is up to date\n' : `${String(report.applied.length)} migrations applied\n`,
  );
}
