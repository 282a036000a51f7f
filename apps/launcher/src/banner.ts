/** What the banner tells. */
export interface BannerFacts {
  /** The API's address for a browser on this machine. */
  readonly url: string;
  /** With the password for the embedded server, which only this machine can reach; without it for another. */
  readonly databaseUrl: string;
  /** Where the data is, when we keep it. */
  readonly dataDir: string | undefined;
  readonly startedInMs: number;
}

/** The lines shown once everything runs. */
export function banner({ url, databaseUrl, dataDir, startedInMs }: BannerFacts): string {
  return [
    '',
    `  ZakOps is running (started in ${(startedInMs / 1000).toFixed(1)} s)`,
    '',
    `  Address    ${url}`,
    `  API docs   ${url}/docs`,
    `  Database   ${databaseUrl}`,
    ...(dataDir === undefined ? [] : [`  Data       ${dataDir}`]),
    '',
    '  Watch every change as it happens:',
    `    curl -N ${url}/api/events/stream`,
    '',
    '  Ctrl-C stops everything.',
    '',
  ].join('\n');
}
