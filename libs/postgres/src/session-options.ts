/**
 * Has the server notice within 15 s that a client has vanished, or has stopped to read, and end its session with its locks: by probes of an idle
 * connection, and by what it sent and nobody took.
 *
 * @remarks As the `options` of a connection. Without effect over a socket file. Poolers refuse it, see {@link refusesStartupParameters}.
 * @see https://www.postgresql.org/docs/current/runtime-config-connection.html#RUNTIME-CONFIG-TCP-SETTINGS
 */
export const SERVER_KEEP_ALIVE =
  '-c tcp_user_timeout=15000 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2';

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
