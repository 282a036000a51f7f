import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** How a connection is protected, in libpq's words. */
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

const FILE_PARAMETERS = ['sslrootcert', 'sslcert', 'sslkey'] as const;
// To leave out a demand is to weaken it without a word, so those that cannot be met are refused.
const UNSUPPORTED = ['ssl', 'sslcrl', 'sslcrldir', 'ssl_min_protocol_version', 'ssl_max_protocol_version', 'requirepeer'];
const SYSTEM_ROOTS = 'system';

/** The sslmode of a connection string, or undefined when it has none that can be read. */
export function sslModeOf(url: string): SslMode | undefined {
  const given = URL.canParse(url) ? new URL(url).searchParams.get('sslmode') : null;
  return SSL_MODES.find((mode) => mode === given);
}

/** True when every connection is encrypted. */
export function isEncrypted(url: string): boolean {
  const mode = sslModeOf(url);
  return mode !== undefined && mode !== 'disable';
}

/** The path of a certificate or key file, or undefined; `system` means the roots that come with Node. */
export function fileOf(parameters: URLSearchParams, name: (typeof FILE_PARAMETERS)[number]): string | undefined {
  const path = parameters.get(name);
  return path === null || path === '' || (name === 'sslrootcert' && path === SYSTEM_ROOTS) ? undefined : path;
}

/** A connection string; no message holds a part of it. */
export function databaseUrl(): z.ZodType<string, string> {
  return z.string().superRefine((raw, context) => {
    for (const message of problemsOf(raw)) context.addIssue({ code: 'custom', message });
  });
}

function problemsOf(raw: string): readonly string[] {
  if (!/^postgres(ql)?:\/\//.test(raw)) return ['must begin with postgresql://'];
  if (!URL.canParse(raw)) return ['is not a readable address; special characters in the password must be percent-encoded'];
  const { pathname, searchParams } = new URL(raw);
  return pathname.length < 2 ? ['names no database'] : tlsProblemsOf(searchParams);
}

function tlsProblemsOf(parameters: URLSearchParams): readonly string[] {
  const mode = SSL_MODES.find((known) => known === (parameters.get('sslmode') ?? 'disable'));
  const problems = UNSUPPORTED.filter((name) => parameters.has(name)).map((name) => `has the parameter ${name}, which is not supported`);
  if (mode === undefined) problems.push(`has an sslmode other than ${SSL_MODES.join(', ')}`);
  const rootFile = fileOf(parameters, 'sslrootcert');
  if (mode === 'verify-ca' && rootFile === undefined) problems.push('has sslmode=verify-ca and needs the file of a CA as sslrootcert');
  // Anybody can have a certificate of a public CA: only the name tells whose it is.
  if (mode !== 'verify-full' && parameters.get('sslrootcert') === SYSTEM_ROOTS)
    problems.push('has sslrootcert=system and needs sslmode=verify-full');
  if (parameters.has('sslcert') !== parameters.has('sslkey')) problems.push('needs sslcert and sslkey together');
  for (const name of FILE_PARAMETERS) {
    const path = fileOf(parameters, name);
    if (path !== undefined && !isReadable(path)) problems.push(`has an ${name} that cannot be read`);
  }
  return problems;
}

function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
