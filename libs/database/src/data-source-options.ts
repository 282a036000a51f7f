import { connectionOptions, FIXED_SETTINGS, NO_TIME_LIMITS, SERVER_KEEP_ALIVE } from '#zakops/postgres';
import type pg from 'pg';
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
      // Migrations go without time limits, also without those that are the default of a database.
      ...connectionOptions(
        settings.url,
        `${FIXED_SETTINGS} ${settings.statementTimeoutMs === undefined ? NO_TIME_LIMITS : SERVER_KEEP_ALIVE}`,
      ),
      query_timeout: settings.statementTimeoutMs === undefined ? QUERY_TIMEOUT_MS : settings.statementTimeoutMs + ANSWER_GRACE_MS,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      // Statements of a transaction are sent without waiting for each other's answers.
      pipeline: true,
      // A broken connection says so to the statement that waits, and as an event, which ends the process when nobody listens: the pool
      // itself does not listen between a connection's handing over and its giving back.
      onConnect: (client: pg.Client) => {
        client.on('error', () => undefined);
      },
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

/** The time limits that were asked for; those of {@link NO_TIME_LIMITS} when there were none. */
export function limitsOf(extra: Readonly<Record<string, unknown>>): Record<string, number> {
  const names = Object.keys(serverLimits({ statementTimeoutMs: 1, lockTimeoutMs: 1, idleTransactionTimeoutMs: 1 }));
  return Object.fromEntries(names.map((name) => [name, Number(extra[name] ?? 0)]));
}

/** What new connections can do without, because a pooler in between refuses it. */
export type Dispensable = 'keep-alive' | 'settings' | 'limits';

/**
 * Takes what can be dispensed with out of what new connections ask for, one after the other; the wait for an answer stays limited.
 *
 * @returns what was taken out; undefined when nothing is left. Without `settings`, each transaction has to set them
 */
export function dropDispensable(options: DataSourceOptions): Dispensable | undefined {
  const { url, extra } = options as { readonly url: string; readonly extra: Record<string, unknown> };
  const { connectionString: fixed } = connectionOptions(url, FIXED_SETTINGS);
  const { connectionString: bare } = connectionOptions(url);
  if (extra['connectionString'] !== fixed && extra['connectionString'] !== bare) {
    extra['connectionString'] = fixed;
    return 'keep-alive';
  }
  if (extra['connectionString'] === fixed) {
    extra['connectionString'] = bare;
    return 'settings';
  }
  const names = Object.keys(serverLimits({ statementTimeoutMs: 1, lockTimeoutMs: 1, idleTransactionTimeoutMs: 1 }));
  const dropped = names.filter((name) => name in extra && Reflect.deleteProperty(extra, name));
  return dropped.length > 0 ? 'limits' : undefined;
}
