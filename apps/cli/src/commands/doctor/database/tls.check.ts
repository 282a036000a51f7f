import { RuntimeConfig } from '#zakops/config';
import type { LoadedConfig } from '#zakops/config';
import { isLoopback } from '#zakops/http';
import { databasePlaceOf, sslModeOf } from '#zakops/postgres';
import type pg from 'pg';
import { isAbsolute } from 'node:path';
import { TLSSocket } from 'node:tls';
import type { Finding } from '../finding.js';
import { daysUntil, EXPIRES_SOON_DAYS } from '../certificate-days.js';

const ADVICE = 'Add sslmode=verify-full and sslrootcert=... to DATABASE_URL, and set DB_SSL_REQUIRED=true.';

/** Whether others can read along, or pretend to be the database. */
export function checkDatabaseTls(client: pg.Client, url: string, runtime: LoadedConfig | undefined): Finding {
  const mode = sslModeOf(url) ?? 'not set';
  const { stream } = (client as unknown as { readonly connection: { readonly stream: unknown } }).connection;
  if (!(stream instanceof TLSSocket)) {
    const { host } = databasePlaceOf(url);
    // Between the ends of a socket file there is nobody.
    if (isAbsolute(host) || isLoopback(host))
      return { state: 'ok', detail: 'Not encrypted, and it need not be: the database is on this machine.' };
    const isProduction = runtime?.get(RuntimeConfig).appEnv === 'production';
    const detail = `The connection is not encrypted (sslmode ${mode}): who sits in between reads along.`;
    return { state: isProduction ? 'failure' : 'warning', detail, advice: ADVICE };
  }
  const protocol = stream.getProtocol() ?? 'TLS';
  const { valid_to } = stream.getPeerCertificate();
  const days = valid_to === '' ? undefined : daysUntil(valid_to);
  const measured = { sslmode: mode, protocol, certificate_valid_to: valid_to, days_left: days };
  if (!stream.authorized) {
    const detail = `Encrypted by ${protocol}, but the certificate is not verified (sslmode ${mode}): anybody in between can pretend to be the database.`;
    return { state: 'warning', detail, advice: ADVICE, measured };
  }
  if (days !== undefined && days < EXPIRES_SOON_DAYS) {
    const detail = `Encrypted by ${protocol} and verified, but the certificate ends in ${String(days)} days.`;
    return { state: 'warning', detail, advice: 'Renew the certificate of the database server.', measured };
  }
  const names =
    mode === 'verify-full' ? 'certificate and name are verified' : `the certificate is verified, its name is not (sslmode ${mode})`;
  return { state: 'ok', detail: `Encrypted by ${protocol}, ${names}.`, measured };
}
