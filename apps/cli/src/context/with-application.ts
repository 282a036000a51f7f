import { ConfigModule, loadConfig, RuntimeConfig } from '#zakops/config';
import type { AnyConfigClass } from '#zakops/config';
import { DatabaseConfig, DatabaseConnector, DatabaseModule, SchemaVersion } from '#zakops/database';
import { newCall, runInCall } from '#zakops/observability';
import { OutboxConfig } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { setTimeout as delay } from 'node:timers/promises';
import { MIGRATIONS } from '../../../../migrations/index.js';
import { CliError } from '../cli.error.js';
import { FirstWarning } from './first-warning.js';
import { typistOf } from './typist.js';

const CONNECT_WITHIN_MS = 8_000;
// A command is short, asks one thing after the other, and waits for no notice.
const OVERRIDES = { DATABASE_POOL_SIZE: '2', OUTBOX_WAKE: 'poll' };

/** Which parts of the system a command works with. */
export interface ApplicationParts extends Pick<ModuleMetadata, 'imports' | 'providers'> {
  /** Settings of those parts, beside those of the runtime, the database and the outbox. */
  readonly settings?: readonly AnyConfigClass[];
}

@Module({})
class CliModule {}

/**
 * Runs `work` with parts of the system, on the database of DATABASE_URL, as the actor `system:cli`; the audit log says who typed.
 *
 * @throws ConfigError when a setting cannot be read
 * @throws CliError when the database cannot be reached, or has another schema
 */
export async function withApplication<T>(
  env: NodeJS.ProcessEnv,
  { settings = [], imports = [], providers = [] }: ApplicationParts,
  work: (app: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const typedBy = typistOf(env);
  const config = loadConfig([RuntimeConfig, DatabaseConfig, OutboxConfig, ...settings], { ...env, ...OVERRIDES });
  const base = [
    ConfigModule.forRoot(config),
    DatabaseModule.forRoot({ applicationName: 'zakops-cli', migrations: MIGRATIONS }),
    CqrsModule.forRoot(),
  ];
  const warnings = new FirstWarning();
  const app = await NestFactory.createApplicationContext(
    { module: CliModule, imports: [...base, ...imports], providers },
    { logger: warnings, abortOnError: false },
  );
  try {
    await requireDatabase(app, warnings);
    return await runInCall({ ...newCall({ type: 'system', id: 'cli' }), typedBy }, () => work(app));
  } finally {
    await app.close();
  }
}

async function requireDatabase(app: INestApplicationContext, warnings: FirstWarning): Promise<void> {
  const giveUp = new AbortController();
  const reason = await Promise.race([
    app
      .get(DatabaseConnector)
      .whenConnected()
      .then(() => undefined),
    warnings.reason,
    delay(CONNECT_WITHIN_MS, 'no answer', { signal: giveUp.signal }).catch(() => undefined),
  ]);
  giveUp.abort();
  if (reason !== undefined) throw new CliError(`The database of DATABASE_URL cannot be used: ${reason}.`);
  const pending = await app.get(SchemaVersion).pending();
  if (pending.length > 0) throw new CliError('The schema of the database is not up to date: run npm run migrate first.');
}
