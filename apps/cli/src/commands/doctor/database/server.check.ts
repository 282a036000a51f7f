import type pg from 'pg';
import type { Finding } from '../finding.js';
import { one } from './connect.js';

const OLDEST = 15;
const NEWEST_TESTED = 18;

interface ServerRow {
  readonly number: number;
  readonly version: string;
  readonly encoding: string;
  readonly standby: boolean;
  readonly read_only: boolean;
}

/** Whether the server is one that this system is made for, and takes writes. */
export async function checkServer(client: pg.Client): Promise<Finding> {
  const { number, version, encoding, standby, read_only } = await one<ServerRow>(
    client,
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
            current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby,
            current_setting('default_transaction_read_only')::boolean AS read_only`,
  );
  const major = Math.floor(number / 10_000);
  const measured = { version, encoding, standby, read_only };
  const found = `PostgreSQL ${version}`;
  if (major < OLDEST)
    return { state: 'failure', detail: `${found} is too old.`, advice: `Use PostgreSQL ${String(OLDEST)} or newer.`, measured };
  if (standby)
    return {
      state: 'failure',
      detail: `${found} is a standby and takes no writes.`,
      advice: 'Let DATABASE_URL name the primary.',
      measured,
    };
  if (read_only) {
    const advice = 'Look at default_transaction_read_only of the server, the database and the role; a full disk may be the reason.';
    return { state: 'failure', detail: `${found} takes no writes by default.`, advice, measured };
  }
  if (encoding !== 'UTF8') {
    const advice = 'Make the database anew with ENCODING UTF8, and move the data with pg_dump.';
    return { state: 'failure', detail: `The database stores text as ${encoding} and cannot hold every name.`, advice, measured };
  }
  if (major > NEWEST_TESTED)
    return {
      state: 'warning',
      detail: `${found} is newer than what this version was tested with (15 to 18).`,
      advice: 'Try it in staging first.',
      measured,
    };
  return { state: 'ok', detail: `${found}, ${encoding}, takes writes.`, measured };
}
