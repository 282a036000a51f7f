import pg from 'pg';
import { TLS_PARAMETERS } from './connection-options.js';

/** Where a connection string leads, without the password. */
export interface DatabasePlace {
  /** A name, an address, or the folder of a socket file. */
  readonly host: string;
  readonly port: number;
  readonly database: string | undefined;
}

/**
 * Reads a connection string as the driver does: `host` and `port` in the query outrank those before it, and `%2Ftmp` is a folder.
 *
 * @throws TypeError when the string cannot be read
 */
export function databasePlaceOf(url: string): DatabasePlace {
  const parsed = new URL(url);
  // The driver would read the files that they name.
  for (const name of TLS_PARAMETERS) parsed.searchParams.delete(name);
  const { host, port, database } = new pg.Client({ connectionString: parsed.href });
  return { host, port, database };
}
