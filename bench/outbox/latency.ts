import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort, percentile } from '../bench-server.js';
import { dealUpdated, openEventAppender } from './event-appender.js';

const PER_SECOND = 100;
const WARM_UP_EVENTS = 200;
const PAYLOAD = 'x'.repeat(350);

const now = (): number => performance.timeOrigin + performance.now();

/** Writes at a steady rate and measures when each event reaches a consumer and an SSE client; rows of a table. */
export async function measureLatency(databaseUrl: string, seconds: number): Promise<readonly string[]> {
  const committedAtMs = new Map<string, number>();
  const consumedAtMs = new Map<string, number>();
  const streamedAtMs = new Map<string, number>();

  const worker = start('./latency-worker.js', { DATABASE_URL: databaseUrl });
  worker.on('message', (message) => {
    if (typeof message === 'object' && 'id' in message && 'atMs' in message) consumedAtMs.set(String(message.id), Number(message.atMs));
  });
  const port = await freePort();
  const api = start('../../apps/api/src/main.js', { DATABASE_URL: databaseUrl, PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'error' });
  await untilReady(`http://127.0.0.1:${String(port)}/api/health/ready`);
  const stopStream = await openStream(`http://127.0.0.1:${String(port)}/api/events/stream`, (id) => streamedAtMs.set(id, now()));

  const { unitOfWork, outbox, close } = await openEventAppender(databaseUrl);

  const total = await atSteadyRate(seconds, write);
  for (let waited = 0; waited < 100 && (consumedAtMs.size < total || streamedAtMs.size < total); waited += 1) await sleep(100);
  stopStream();
  await close();
  await Promise.all([stop(worker), stop(api)]);

  const measured = [...committedAtMs].slice(WARM_UP_EVENTS);
  return [row('a consumer', measured, consumedAtMs), row('an SSE client', measured, streamedAtMs)];

  async function write(n: number): Promise<void> {
    const event = dealUpdated(900_000 + (n % 1_000), Math.floor(n / 1_000) + 1, PAYLOAD);
    await unitOfWork.run((tx) => {
      outbox.append(tx, [event]);
      return Promise.resolve();
    });
    committedAtMs.set(event.id, now());
  }
}

/** The raw limit: a row and a NOTIFY in one transaction, and a process that listens and reads the row; a row of the same table. */
export async function measureRawLatency(databaseUrl: string, seconds: number): Promise<string> {
  const writer = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  await writer.query('CREATE TABLE IF NOT EXISTS bench_raw (id int PRIMARY KEY, data text NOT NULL)');
  const committedAtMs = new Map<string, number>();
  const readAtMs = new Map<string, number>();
  const listener = start('./raw-listener.js', { DATABASE_URL: databaseUrl });
  const listening = once(listener, 'message');
  listener.on('message', (message) => {
    if (typeof message === 'object' && 'id' in message && 'atMs' in message) readAtMs.set(String(message.id), Number(message.atMs));
  });
  await listening;
  const total = await atSteadyRate(seconds, async (n) => {
    const client = await writer.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO bench_raw (id, data) VALUES ($1, $2)', [n, PAYLOAD]);
    await client.query(`SELECT pg_notify('bench_raw', $1)`, [String(n)]);
    await client.query('COMMIT');
    committedAtMs.set(String(n), now());
    client.release();
  });
  // One more than the events: the word that it listens.
  for (let waited = 0; waited < 100 && readAtMs.size <= total; waited += 1) await sleep(100);
  await stop(listener);
  await writer.end();
  return row('raw LISTEN/NOTIFY and one read', [...committedAtMs].slice(WARM_UP_EVENTS), readAtMs);
}

/** Calls `write` at a steady rate for so many seconds, after some to warm up, and waits for all; gives how many. */
async function atSteadyRate(seconds: number, write: (n: number) => Promise<void>): Promise<number> {
  const total = WARM_UP_EVENTS + PER_SECOND * seconds;
  const startedAt = performance.now();
  const writes: Promise<void>[] = [];
  for (let n = 0; n < total; n += 1) {
    await sleep(Math.max(0, startedAt + (n * 1_000) / PER_SECOND - performance.now()));
    writes.push(write(n));
  }
  await Promise.all(writes);
  return total;
}

function row(name: string, committed: readonly (readonly [string, number])[], arrivals: ReadonlyMap<string, number>): string {
  // The commit's acknowledgement and the event travel at the same time: an event that overtakes it counts as 0.
  const delays = committed.map(([id, atMs]) => Math.max(0, (arrivals.get(id) ?? Number.POSITIVE_INFINITY) - atMs));
  const cells = [0.5, 0.95, 0.99].map((share) => percentile(delays, share).toFixed(2));
  return `| ${name} | ${cells.join(' | ')} | ${Math.max(...delays).toFixed(2)} |`;
}

function start(script: string, env: Readonly<Record<string, string>>): ChildProcess {
  return fork(fileURLToPath(new URL(script, import.meta.url)), {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.status === 200) return;
    await sleep(100);
  }
  throw new Error('The API did not become ready.');
}

/** Opens a stream and calls `onEvent` with the id of each event at the moment its bytes arrive. */
async function openStream(url: string, onEvent: (id: string) => void): Promise<() => void> {
  const request = get(url, { headers: { accept: 'text/event-stream' } });
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const data = part.split('\n').find((line) => line.startsWith('data:'));
      const id = data === undefined ? undefined : /"id":"([0-9a-f-]{36})"/.exec(data)?.[1];
      if (id !== undefined) onEvent(id);
    }
  });
  response.on('error', () => undefined);
  return () => {
    request.destroy();
  };
}
