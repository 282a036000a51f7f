import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What one round of load gave. */
export interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** What to send. */
export interface Target {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** `{unique}` in it becomes another text with each request, `{few}` one of 200. */
  readonly body?: string;
  /** A new `Idempotency-Key` with each request. */
  readonly withKeys: boolean;
}

const CONNECTIONS = 32;

/** Installs wrk if it is missing: as root, by apt. */
export async function requireWrk(): Promise<void> {
  // Without arguments it prints its usage and exits with 1; a missing program has another code.
  const missing = await run('wrk', []).then(
    () => false,
    (error: unknown) => (error as { code?: unknown }).code === 'ENOENT',
  );
  if (!missing) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'wrk'], { env });
}

/**
 * Loads a server.
 *
 * @param connections - kept open all the time, one request on each
 * @throws Error when any answer is not 2xx: a figure of refusals would be none
 */
export async function load(target: Target, seconds: number, connections = CONNECTIONS): Promise<Load> {
  const folder = await mkdtemp(join(tmpdir(), 'zakops-wrk-'));
  try {
    const script = join(folder, 'request.lua');
    await writeFile(script, lua(target));
    const args = ['-t1', `-c${String(connections)}`, `-d${String(seconds)}s`, '--latency', '-s', script, target.url];
    const { stdout } = await run('wrk', args);
    const refused = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1];
    if (refused !== undefined) throw new Error(`${target.method} ${target.url}: ${refused} answers were not 2xx.`);
    const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
    const [, value, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
    return { perSecond, p99Ms: Number(value) * (unit === 's' ? 1_000 : unit === 'us' ? 0.001 : 1) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function lua({ method, headers, body, withKeys }: Target): string {
  const fixed = Object.entries(headers).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
  const lines = [`wrk.method = "${method}"`, ...fixed, ...(body === undefined ? [] : [`wrk.body = [[${body}]]`])];
  const varies = body?.includes('{unique}') === true;
  if (!withKeys && !varies) return `${lines.join('\n')}\n`;
  const changes = [
    ...(withKeys ? ['wrk.headers["Idempotency-Key"] = run .. n'] : []),
    ...(varies ? ['wrk.body = body:gsub("{unique}", run .. n):gsub("{few}", n % 200)'] : []),
  ];
  return `${lines.join('\n')}
local run = "${String(Date.now())}-${String(Math.random()).slice(2)}-"
local n = 0
local body = wrk.body
request = function()
  n = n + 1
  ${changes.join('\n  ')}
  return wrk.format()
end
`;
}
