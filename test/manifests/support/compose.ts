import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { installPrograms } from '#zakops/testing';

const run = promisify(execFile);

/** What the tests look at of a service in a compose file. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly args?: Readonly<Record<string, string>> };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly string[];
  readonly expose?: readonly string[];
  readonly container_name?: string;
  readonly restart?: string;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly mem_limit?: string;
  readonly cpus?: number;
  readonly pids_limit?: number;
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly volumes?: readonly string[];
}

/** The services of a file as docker-compose resolves them with these variables and no other. Installs docker-compose, which needs no engine for it. */
export async function resolveCompose(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, ComposeService>>> {
  const { services } = parse(await resolvedText(file, env)) as { readonly services: Readonly<Record<string, ComposeService>> };
  return services;
}

/** The same as text. @throws Error with what docker-compose says, when a variable without a default is missing */
export function resolvedText(file: string, env: Readonly<Record<string, string>>): Promise<string> {
  const key = JSON.stringify([file, env]);
  const text = resolved.get(key) ?? runCompose(file, env);
  resolved.set(key, text);
  return text;
}

// docker-compose takes a second to start.
const resolved = new Map<string, Promise<string>>();

async function runCompose(file: string, env: Readonly<Record<string, string>>): Promise<string> {
  await installPrograms({ '/usr/bin/docker-compose': 'docker-compose' });
  const { stdout } = await run('docker-compose', ['--file', file, 'config'], { env: { PATH: process.env['PATH'], ...env } });
  return stdout;
}

/** The variables that a container of our image gets: those of the image, then those of the file that have a value. */
export async function composeEnvironment({ environment = {} }: ComposeService): Promise<Readonly<Record<string, string>>> {
  const dockerfile = await readFile('docker/Dockerfile', 'utf8');
  const ofImage = [...dockerfile.matchAll(/\b(HOST|PORT)=(\S+)/g)].map(([, name = '', value = '']) => [name, value] as const);
  const ofFile = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries([...ofImage, ...ofFile]);
}
