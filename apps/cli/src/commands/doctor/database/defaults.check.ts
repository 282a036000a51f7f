import { NO_TIME_LIMITS, SESSION_SETTINGS } from '#zakops/postgres';
import type { Finding } from '../finding.js';
import { connect, disconnect } from './connect.js';

interface SettingRow {
  readonly name: string;
  readonly value: string;
}

// Differ from server to server, or are set by the driver.
const ORDINARY = new Set(['TimeZone', 'search_path', 'client_encoding']);
const EXPECTED = Object.fromEntries(Object.entries(SESSION_SETTINGS).filter(([name]) => !ORDINARY.has(name)));

/** What this system cannot set for itself, or must not: the usual value, and what another one does. */
const OF_THE_SERVER: Readonly<Record<string, { readonly usual: readonly string[]; readonly effect: string }>> = {
  synchronous_commit: { usual: ['on', 'remote_apply', 'remote_write', 'local'], effect: 'a crash of the server loses answered changes' },
  transaction_timeout: { usual: ['0'], effect: 'migrations and exports end in the middle' },
  session_replication_role: { usual: ['origin'], effect: 'triggers do not run, which guard the log and the audit log' },
};

/** Whether the defaults of server, database and role are the usual ones. */
export async function checkDefaults(url: string): Promise<Finding> {
  const rows = await readDefaults(url);
  const harmful = rows.filter(({ name, value }) => OF_THE_SERVER[name]?.usual.includes(value) === false);
  const set = rows.filter(({ name, value }) => EXPECTED[name] !== undefined && EXPECTED[name] !== value);
  const measured = { unusual: Object.fromEntries([...harmful, ...set].map(({ name, value }) => [name, value])) };
  const list = (some: readonly SettingRow[]): string => some.map(({ name, value }) => `${name} is ${value}`).join(', ');
  const ours = set.length === 0 ? '' : ` Unusual, but set anew by every session of ours: ${list(set)}.`;
  if (harmful.length > 0) {
    const detail = harmful.map(({ name, value }) => `${name} is ${value}: ${OF_THE_SERVER[name]?.effect ?? ''}.`).join(' ');
    const advice = 'Look for ALTER DATABASE ... SET and ALTER ROLE ... SET (psql: \\drds), and into the configuration of the server.';
    return { state: 'warning', detail: detail + ours, advice, measured };
  }
  return { state: 'ok', detail: set.length === 0 ? 'The defaults of the server are the usual ones.' : ours.trim(), measured };
}

/** Over a connection that sets nothing but its time limits: others would show what they set themselves. */
async function readDefaults(url: string): Promise<readonly SettingRow[]> {
  const client = await connect(url, NO_TIME_LIMITS);
  try {
    const { rows } = await client.query<SettingRow>(
      `SELECT name, current_setting(name) AS value FROM pg_catalog.pg_settings WHERE name = ANY ($1) ORDER BY lower(name)`,
      [[...Object.keys(EXPECTED), ...Object.keys(OF_THE_SERVER)]],
    );
    return rows;
  } finally {
    disconnect(client);
  }
}
