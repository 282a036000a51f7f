import { connectionOptions } from '#zakops/postgres';
import type { DataSourceOptions } from 'typeorm';
import type { DatabaseConfig } from './database.config.js';

const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 30_000;
const IDLE_TIMEOUT_MS = 30_000;

/** What every pool of this system has in common. */
export function dataSourceOptions(config: Pick<DatabaseConfig, 'url' | 'poolSize'>, applicationName: string): DataSourceOptions {
  return {
    type: 'postgres',
    url: config.url,
    schema: 'zakops',
    applicationName,
    poolSize: config.poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    // No entity needs an extension; a managed server may not allow to make one.
    installExtensions: false,
    synchronize: false,
    logging: false,
    extra: {
      ...connectionOptions(config.url),
      // A client-side limit: a start-up parameter such as statement_timeout is refused by poolers.
      query_timeout: QUERY_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      // Statements of a transaction are sent without waiting for each other's answers.
      pipeline: true,
    },
    // A broken idle connection is not news: the next query opens another one, and its failure is reported there.
    poolErrorHandler: () => undefined,
  };
}
