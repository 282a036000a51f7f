import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, percentile } from '../bench-server.js';
import { cpuSeconds, residentMib } from '../cpu-meter.js';
import type { DatabaseProbe } from '../database-probe.js';
import { EventWriter } from './event-writer.js';
import { startApi, startWorker } from './product.js';

const STREAMS = [100, 1_000, 5_000] as const;
const FRAMES_PER_SECOND = 10_000;
const SETTLE_MS = 1_500;
const ARRIVE_MS = 500;

/** What one API process does with so many streams. */
export interface StreamFigures {
  readonly streams: number;
  readonly eventsPerSecond: number;
  readonly framesPerSecond: number;
  readonly cpuMicrosPerFrame: number;
  /** Share of one core. */
  readonly apiCores: number;
  /** From the transaction of the change to its arrival at a client. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentMib: number;
  /** More than the process held without streams, for each of them. */
  readonly kibPerStream: number;
}

interface Report {
  readonly frames: number;
  readonly delaysMs: readonly number[];
}

/** Opens more and more streams on one API process and writes events that all of them get, about as many frames a second each time. */
export async function measureStreams(databaseUrl: string, probe: DatabaseProbe, seconds: number): Promise<readonly StreamFigures[]> {
  const env = { DATABASE_URL: databaseUrl, SSE_MAX_CONNECTIONS: '6000' };
  const api = await startApi(env);
  const worker = startWorker(env);
  const clients = fork(join(import.meta.dirname, 'stream-clients.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const figures: StreamFigures[] = [];
  try {
    const writer = new EventWriter(probe.client);
    // Compiles what the first frames would otherwise pay for.
    await ask(clients, { open: { url: `${api.origin}/api/events/stream`, streams: 20 } });
    await writer.writeSteadily(100, seconds);
    const emptyMib = await residentMib(api.pid);
    for (const streams of STREAMS) {
      await ask(clients, { open: { url: `${api.origin}/api/events/stream`, streams } });
      await sleep(SETTLE_MS);
      await ask(clients, { report: true });
      const [before, startedAt] = [await cpuSeconds([api.pid]), performance.now()];
      const perSecond = await writer.writeSteadily(FRAMES_PER_SECOND / streams, seconds);
      await sleep(ARRIVE_MS);
      const [cpu, elapsed] = [(await cpuSeconds([api.pid])) - before, (performance.now() - startedAt) / 1_000];
      const { frames, delaysMs } = (await ask(clients, { report: true })) as Report;
      const mib = await residentMib(api.pid);
      figures.push({
        streams,
        eventsPerSecond: perSecond,
        framesPerSecond: frames / elapsed,
        cpuMicrosPerFrame: (cpu * 1e6) / frames,
        apiCores: cpu / elapsed,
        p50Ms: median(delaysMs),
        p99Ms: percentile(delaysMs, 0.99),
        residentMib: mib,
        kibPerStream: ((mib - emptyMib) * 1024) / streams,
      });
    }
  } finally {
    clients.disconnect();
    await Promise.all([worker.stop(), api.stop()]);
  }
  return figures;
}

async function ask(clients: ChildProcess, message: object): Promise<unknown> {
  const answered = once(clients, 'message', { signal: AbortSignal.timeout(60_000) });
  clients.send(message);
  const [answer] = (await answered) as [unknown];
  return answer;
}
