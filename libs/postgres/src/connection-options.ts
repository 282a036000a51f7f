import { parseExactJson } from '#zakops/kernel';
import pg from 'pg';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { fileOf, sslModeOf } from './database-url.js';
import { FIXED_SETTINGS, NO_TIME_LIMITS, refusesStartupParameters, withSessionOptions } from './session-options.js';

const { JSON: JSON_TYPE, JSONB: JSONB_TYPE } = pg.types.builtins;

/** JSON is read without rounding its numbers; everything else as node-postgres does. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (type, format): unknown =>
    format !== 'binary' && (type === JSON_TYPE || type === JSONB_TYPE) ? parseExactJson : pg.types.getTypeParser(type, format),
};

/** What of a connection string the driver would read otherwise than libpq. */
export const TLS_PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword', 'uselibpqcompat'];

/**
 * What node-postgres needs for a connection string, for a `pg.Pool` or as the `extra` of a TypeORM data source.
 *
 * @remarks `sslmode` has libpq's meaning, which node-postgres 8 does not give it: there `require` verifies as `verify-full` does, and a
 * parameter of the string overrides the option beside it; so these parameters are taken out of the string. Reads the files of
 * certificates and keys. Numbers in `json` and `jsonb` that a double cannot hold come as `RawNumber`.
 * @param sessionOptions - added to the `options` of the string, such as {@link SERVER_KEEP_ALIVE}
 * @throws Error of the file system when a file cannot be read
 */
export function connectionOptions(url: string, sessionOptions = ''): pg.PoolConfig {
  const mode = sslModeOf(url);
  const connectionString = withSessionOptions(url, sessionOptions);
  const parsed = new URL(connectionString);
  const { searchParams } = parsed;
  // As in libpq: nothing can be between the two ends of a socket file.
  const overSocket = searchParams.get('host')?.startsWith('/') === true || /^%2f/i.test(parsed.hostname);
  if (mode === undefined) return { connectionString, types };
  const ssl = overSocket || mode === 'disable' ? false : tlsOptions(mode, searchParams);
  for (const name of TLS_PARAMETERS) searchParams.delete(name);
  return { connectionString: parsed.href, ssl, types };
}

/** A client for one connection of its own, protected as {@link connectionOptions} says. */
export function createClient(url: string, options: pg.ClientConfig = {}): pg.Client {
  // What the string says overrides the options beside it, so the one goes into the other.
  return new pg.Client({ ...options, ...connectionOptions(url, options.options) });
}

/**
 * Opens a connection of its own whose session has the settings that this system takes for granted, and no time limits of the server.
 *
 * @remarks Behind a pooler that refuses settings it has those of the server. Its owner ends it; a connection that breaks says so to the
 * statement only.
 * @param sessionOptions - what the session asks for instead
 * @throws Error of the driver when the server cannot be reached
 */
export async function connectClient(
  url: string,
  options: Omit<pg.ClientConfig, 'options'> = {},
  sessionOptions = `${FIXED_SETTINGS} ${NO_TIME_LIMITS}`,
): Promise<pg.Client> {
  const open = async (asked: string): Promise<pg.Client> => {
    const client = createClient(url, { ...options, options: asked });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  try {
    return await open(sessionOptions);
  } catch (error) {
    if (!refusesStartupParameters(error)) throw error;
    return open('');
  }
}

function tlsOptions(mode: 'require' | 'verify-ca' | 'verify-full', parameters: URLSearchParams): TlsOptions {
  const [ca, cert, key] = (['sslrootcert', 'sslcert', 'sslkey'] as const).map((name) => {
    const path = fileOf(parameters, name);
    return path === undefined ? undefined : readFileSync(path, 'utf8');
  });
  const passphrase = parameters.get('sslpassword');
  const files: TlsOptions = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === null ? {} : { passphrase }),
  };
  switch (mode) {
    case 'verify-full':
      return files;
    case 'verify-ca':
      return { ...files, checkServerIdentity: () => undefined };
    case 'require':
      // As in libpq: naming a CA asks for the check.
      return ca === undefined ? { ...files, rejectUnauthorized: false } : { ...files, checkServerIdentity: () => undefined };
  }
}
