import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { waitFor } from './wait-for.js';

/** A real process of this system, started from the compiled code. */
export interface SpawnedApp {
  readonly process: ChildProcess;
  /** Everything it wrote, line by line, both streams. */
  readonly lines: readonly string[];
  /** Waits for a line that contains `text`, also one written before. */
  waitForLine(text: string, limitMs?: number): Promise<string>;
  /** Sends a signal and waits for the end; gives exit code and signal. */
  stop(signal?: NodeJS.Signals, limitMs?: number): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** An API process and its address. */
export interface SpawnedApi extends SpawnedApp {
  /** For example `http://127.0.0.1:41234`. */
  readonly url: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const ROOT = process.cwd();
// A start takes one to two seconds, and ten on a machine with too much to do.
const START_LIMIT_MS = 60_000;

/**
 * Starts `dist/apps/<name>` below `root`, the checkout unless said, with nothing of this process's environment but PATH; no balancer
 * stands before it, so `DRAIN_DELAY` is 0.
 *
 * @param prefix - a command that runs it, such as `ip netns exec name`; it must become the program, not its parent
 */
export function spawnApp(
  name: 'api' | 'outbox-worker' | 'cli' | 'launcher',
  env: Environment,
  args: readonly string[] = [],
  root = ROOT,
  prefix: readonly string[] = [],
): SpawnedApp {
  const command = [...prefix, process.execPath, join(root, 'dist/apps', name, 'src/main.js'), ...args];
  const child = spawn(command[0] ?? process.execPath, command.slice(1), {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], DRAIN_DELAY: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    process: child,
    lines,
    waitForLine: (text, limitMs) =>
      waitFor(
        `a line with "${text}" from ${name}`,
        () => {
          const found = lines.find((line) => line.includes(text));
          if (found === undefined && child.exitCode !== null) throw new Error(`${name} ended: ${lines.slice(-5).join('\n')}`);
          return found;
        },
        limitMs,
      ),
    async stop(signal = 'SIGTERM', limitMs = 30_000) {
      child.kill(signal);
      const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
      const [code, by] = await exited;
      clearTimeout(limit);
      return { code, signal: by };
    },
  };
}

/** Starts an API process on a free port and waits until it is ready. */
export async function spawnApi(databaseUrl: string, env: Environment = {}, root = ROOT): Promise<SpawnedApi> {
  const port = await freePort();
  const app = spawnApp('api', { DATABASE_URL: databaseUrl, PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'warn', ...env }, [], root);
  const url = `http://127.0.0.1:${String(port)}`;
  await orStop(
    app,
    waitFor(
      'the API to be ready',
      async () => {
        if (app.process.exitCode !== null) throw new Error(`the API ended: ${app.lines.slice(-5).join('\n')}`);
        return (await fetch(`${url}/api/health/ready`)).status === 200;
      },
      START_LIMIT_MS,
    ),
  );
  return { ...app, url };
}

/** Starts a worker process; `active` waits until it holds the lease. */
export async function spawnWorker(databaseUrl: string, env: Environment = {}, active = true, root = ROOT): Promise<SpawnedApp> {
  const app = spawnApp('outbox-worker', { DATABASE_URL: databaseUrl, ...env }, [], root);
  if (active) await orStop(app, app.waitForLine('This worker is the active one now', START_LIMIT_MS));
  return app;
}

/** A process that does not come up must not outlive the test that waited for it. */
async function orStop(app: SpawnedApp, coming: Promise<unknown>): Promise<void> {
  try {
    await coming;
  } catch (error) {
    await app.stop('SIGKILL');
    throw error;
  }
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The probe server has no port.');
  return address.port;
}
