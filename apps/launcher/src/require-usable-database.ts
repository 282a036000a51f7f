import { createClient } from '#zakops/postgres';
import type pg from 'pg';
import { StartupError } from './startup.error.js';

const CONNECT_TIMEOUT_MS = 8_000;
const OLDEST_VERSION = 15;

/**
 * Makes sure that DATABASE_URL names a PostgreSQL that we can use.
 *
 * @throws StartupError when it cannot be read or reached, refuses us, or is too old; the password is never in the message
 */
export async function requireUsableDatabase(databaseUrl: string): Promise<void> {
  const url = parse(databaseUrl);
  const shown = `${url.username === '' ? '' : `${url.username}@`}${url.host}${url.pathname}`;
  const client = clientOf(databaseUrl, shown);
  // A connection that breaks while idle is reported here; the query below reports it again.
  client.on('error', () => undefined);
  let version: number;
  try {
    await client.connect();
    const result = await client.query<{ server_version_num: string }>('SHOW server_version_num');
    version = Math.floor(Number(result.rows[0]?.server_version_num) / 10_000);
  } catch (error) {
    throw new StartupError(`The database of DATABASE_URL (${shown}) cannot be used: ${reasonOf(error, url)}.`);
  } finally {
    await client.end().catch(() => undefined);
  }
  if (!(version >= OLDEST_VERSION)) {
    throw new StartupError(`The database of DATABASE_URL (${shown}) is PostgreSQL ${version}: ${OLDEST_VERSION} or newer is needed.`);
  }
}

/** A certificate file that is missing is found here. */
function clientOf(databaseUrl: string, shown: string): pg.Client {
  try {
    return createClient(databaseUrl, { connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  } catch (error) {
    throw new StartupError(
      `The database of DATABASE_URL (${shown}) cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

function parse(databaseUrl: string): URL {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : undefined;
  if (url?.protocol === 'postgres:' || url?.protocol === 'postgresql:') return url;
  throw new StartupError('DATABASE_URL is not of the form postgres://user:password@host:5432/database.');
}

function reasonOf(error: unknown, { password, searchParams }: URL): string {
  // Several addresses behind one name fail together, with an empty message.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const text = (first instanceof Error ? first.message : String(first)).replace(/\.$/, '');
  const secrets = [password, decodeLeniently(password), searchParams.get('password') ?? ''].filter((secret) => secret !== '');
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}

function decodeLeniently(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
