import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../bench-server.js';

const APPS = join(import.meta.dirname, '..', '..', 'apps');
const READY_LIMIT_MS = 30_000;

/** As `npm run start:api` starts it. */
const NODE_FLAGS = ['--max-semi-space-size=8'];

/** A process of the product. */
export interface Started {
  readonly pid: number;
  /** For example `http://127.0.0.1:41234`; empty for a worker. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts an API process and waits until it is ready. */
export async function startApi(env: Readonly<Record<string, string>>): Promise<Started> {
  const port = await freePort();
  const started = start('api', { HOST: '127.0.0.1', PORT: String(port), DRAIN_DELAY: '0', LOG_LEVEL: 'warn', ...env });
  const origin = `http://127.0.0.1:${String(port)}`;
  const until = Date.now() + READY_LIMIT_MS;
  while ((await fetch(`${origin}/api/health/ready`).catch(() => undefined))?.status !== 200) {
    if (Date.now() > until) throw new Error('The API did not become ready.');
    await sleep(50);
  }
  return { ...started, origin };
}

/** Starts a worker; it takes the lease a moment later. */
export function startWorker(env: Readonly<Record<string, string>>): Started {
  return start('outbox-worker', { LOG_LEVEL: 'warn', ...env });
}

function start(name: 'api' | 'outbox-worker', env: Readonly<Record<string, string>>): Started {
  const child = spawn(process.execPath, [...NODE_FLAGS, join(APPS, name, 'src/main.js')], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { pid: child.pid ?? 0, origin: '', stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
