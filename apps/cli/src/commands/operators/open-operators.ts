import { AuthConfig } from '#zakops/auth';
import { ConfigModule, loadConfig, RuntimeConfig } from '#zakops/config';
import { DatabaseConfig, DatabaseConnector, DatabaseModule, SchemaVersion } from '#zakops/database';
import { newCall, runInCall } from '#zakops/observability';
import { OperatorsConfig, OperatorsModule } from '#zakops/operators';
import { OutboxConfig } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { setTimeout as delay } from 'node:timers/promises';
import { MIGRATIONS } from '../../../../../migrations/index.js';
import { CliError } from '../../cli.error.js';
import { FirstWarning } from './first-warning.js';

const CONNECT_WITHIN_MS = 8_000;
// A command is short and asks one thing after the other.
const POOL_SIZE = '2';

/** What commands about operators work with. */
export interface OperatorBuses {
  readonly commands: CommandBus;
  readonly queries: QueryBus;
}

@Module({})
class CliModule {}

/**
 * Runs `work` on the database of DATABASE_URL, as the actor `system:cli`.
 *
 * @throws ConfigError when a setting cannot be read
 * @throws CliError when the database cannot be reached, or has another schema
 */
export async function withOperators<T>(env: NodeJS.ProcessEnv, work: (buses: OperatorBuses) => Promise<T>): Promise<T> {
  const config = loadConfig([RuntimeConfig, DatabaseConfig, OutboxConfig, AuthConfig, OperatorsConfig], {
    ...env,
    DATABASE_POOL_SIZE: POOL_SIZE,
  });
  const imports = [
    ConfigModule.forRoot(config),
    DatabaseModule.forRoot({ applicationName: 'zakops-cli', migrations: MIGRATIONS }),
    CqrsModule.forRoot(),
    OperatorsModule,
  ];
  const warnings = new FirstWarning();
  const app = await NestFactory.createApplicationContext({ module: CliModule, imports }, { logger: warnings, abortOnError: false });
  try {
    await requireDatabase(app, warnings);
    return await runInCall(newCall({ type: 'system', id: 'cli' }), () =>
      work({ commands: app.get(CommandBus), queries: app.get(QueryBus) }),
    );
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
