import { connectionOptions } from '#zakops/postgres';
import type { DataSourceOptions } from 'typeorm';
import type { DatabaseConfig } from './database.config.js';

const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 30_000;
// The server's own answer comes first, and leaves the connection in order.
const ANSWER_GRACE_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;
// With the ten probes a second apart that follow it: a peer that went without a word is found out in 20 s, not in the system's two hours.
const KEEP_ALIVE_MS = 10_000;

/** How long the server waits for what. */
export type TimeLimits = Pick<DatabaseConfig, 'statementTimeoutMs' | 'lockTimeoutMs' | 'idleTransactionTimeoutMs'>;

/** Where the database is, and with which limits. */
export type DataSourceSettings = Pick<DatabaseConfig, 'url' | 'poolSize'> & Partial<TimeLimits>;

/** What every pool of this system has in common. */
export function dataSourceOptions(settings: DataSourceSettings, applicationName: string): DataSourceOptions {
  return {
    type: 'postgres',
    url: settings.url,
    schema: 'zakops',
    applicationName,
    poolSize: settings.poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    // No entity needs an extension; a managed server may not allow to make one.
    installExtensions: false,
    synchronize: false,
    logging: false,
    extra: {
      ...serverLimits(settings),
      ...connectionOptions(settings.url),
      query_timeout: settings.statementTimeoutMs === undefined ? QUERY_TIMEOUT_MS : settings.statementTimeoutMs + ANSWER_GRACE_MS,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      // Statements of a transaction are sent without waiting for each other's answers.
      pipeline: true,
    },
    // A broken idle connection is not news: the next query opens another one, and its failure is reported there.
    poolErrorHandler: () => undefined,
  };
}

/** As start-up parameters, which cost no statement. */
function serverLimits({ statementTimeoutMs, lockTimeoutMs, idleTransactionTimeoutMs }: Partial<TimeLimits>): Record<string, number> {
  return {
    ...(statementTimeoutMs === undefined ? {} : { statement_timeout: statementTimeoutMs }),
    ...(lockTimeoutMs === undefined ? {} : { lock_timeout: lockTimeoutMs }),
    ...(idleTransactionTimeoutMs === undefined ? {} : { idle_in_transaction_session_timeout: idleTransactionTimeoutMs }),
  };
}

/** True when a pooler in between refused the limits, as pgbouncer does: its server connections serve others, too. */
export function refusesServerLimits(error: unknown): boolean {
  return error instanceof Error && /unsupported startup parameter/i.test(error.message);
}

/** Takes the limits out of what new connections ask for; the wait for an answer stays limited. */
export function dropServerLimits({ extra }: { readonly extra?: unknown }): void {
  for (const name of Object.keys(serverLimits({ statementTimeoutMs: 1, lockTimeoutMs: 1, idleTransactionTimeoutMs: 1 }))) {
    Reflect.deleteProperty(extra as object, name);
  }
}
