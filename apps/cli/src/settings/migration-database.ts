import { loadConfig } from '#zakops/config';
import { DatabaseConfig } from '#zakops/database';
import { CliSettings } from './cli.settings.js';

/**
 * The database, as the role that owns its schema: by `MIGRATION_DATABASE_URL` where that is another role than the one that runs, else by
 * `DATABASE_URL`.
 *
 * @throws ConfigError when neither is set, or the one that counts is unreadable
 */
export function migrationDatabase(env: NodeJS.ProcessEnv): DatabaseConfig {
  const { migrationUrl } = loadConfig([CliSettings], env).get(CliSettings);
  const own = migrationUrl === undefined ? env : { ...env, DATABASE_URL: migrationUrl, DATABASE_URL_FILE: undefined };
  return loadConfig([DatabaseConfig], own).get(DatabaseConfig);
}
