/**
 * Has the server notice within 15 s that a client has vanished, or has stopped to read, and end its session with its locks: by probes of an idle
 * connection, and by data that was sent and not taken.
 *
 * @remarks As the `options` of a connection. Without effect over a socket file. Poolers refuse it, see {@link refusesStartupParameters}.
 * @see https://www.postgresql.org/docs/current/runtime-config-connection.html#RUNTIME-CONFIG-TCP-SETTINGS
 */
export const SERVER_KEEP_ALIVE =
  '-c tcp_user_timeout=15000 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2';

/**
 * What the driver's parsers and our statements take for granted. A database or a role may have other defaults, so each connection asks for
 * these.
 *
 * @remarks Not in it: `default_transaction_read_only`, by which providers take a server out of writing; such a server counts as away.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  // Read by the driver's parsers.
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  // Change what our statements mean.
  TimeZone: 'UTC',
  search_path: 'public, pg_temp',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  row_security: 'on',
  // Change what a transaction is, and when a session ends.
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  exit_on_error: 'off',
  idle_session_timeout: '0',
};

/** Time limits of the server, all off: for sessions whose work takes as long as it takes. */
export const NO_TIME_LIMITS = '-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0';

/** Set by {@link FIXED_SETTINGS}: a session that has it got the others too. No setting of the server has such a name. */
export const SETTINGS_MARK = 'zakops.session_settings';

/** {@link SESSION_SETTINGS} as the `options` of a connection; these outrank the defaults of database and role. */
export const FIXED_SETTINGS = Object.entries({ ...SESSION_SETTINGS, [SETTINGS_MARK]: 'fixed' })
  .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`)
  .join(' ');

/** True when a pooler in between refused settings of a session, as pgbouncer does: its server connections serve others, too. */
export function refusesStartupParameters(error: unknown): boolean {
  return error instanceof Error && /unsupported startup parameter|command-line options/i.test(error.message);
}

/** A connection string whose `options` end in these. */
export function withSessionOptions(url: string, sessionOptions: string): string {
  if (sessionOptions === '') return url;
  const parsed = new URL(url);
  const own = parsed.searchParams.get('options');
  parsed.searchParams.set('options', own === null ? sessionOptions : `${own} ${sessionOptions}`);
  return parsed.href;
}
