import type { FirstAdmin } from './first-admin.js';

/** What the banner tells. */
export interface BannerFacts {
  /** The API's address for a browser on this machine. */
  readonly url: string;
  /** With the password for the embedded server, which only this machine can reach; without it for another. */
  readonly databaseUrl: string;
  /** Where the data is, when we keep it. */
  readonly dataDir: string | undefined;
  readonly startedInMs: number;
  /** Who can log in; undefined when nobody has to. */
  readonly firstAdmin: FirstAdmin | undefined;
}

/** The lines shown once everything runs. */
export function banner({ url, databaseUrl, dataDir, startedInMs, firstAdmin }: BannerFacts): string {
  return [
    '',
    `  ZakOps is running (started in ${(startedInMs / 1000).toFixed(1)} s)`,
    '',
    `  Address    ${url}`,
    `  API docs   ${url}/docs`,
    `  Database   ${databaseUrl}`,
    ...(dataDir === undefined ? [] : [`  Data       ${dataDir}`]),
    ...loginLines(firstAdmin),
    '',
    ...(firstAdmin === undefined
      ? ['  Watch every change as it happens:', `    curl -N ${url}/api/events/stream`]
      : ['  Log in:', `    ${loginCommand(url, firstAdmin)}`]),
    '',
    '  Ctrl-C stops everything.',
    '',
  ].join('\n');
}

function loginLines(admin: FirstAdmin | undefined): readonly string[] {
  if (admin === undefined) return [];
  if (admin === 'exists') return ['  Login      required; there are operators already, so none was made'];
  return [`  Login      ${admin.email}`, `  Password   ${admin.password}   (shown this once; change it after the first login)`];
}

function loginCommand(url: string, admin: FirstAdmin): string {
  const email = admin === 'exists' ? 'you@example.com' : admin.email;
  return `curl -c cookies.txt ${url}/api/auth/login --json '{"email":"${email}","password":"..."}'`;
}
