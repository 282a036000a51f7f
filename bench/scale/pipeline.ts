import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { cpuSeconds } from '../cpu-meter.js';
import type { DatabaseProbe } from '../database-probe.js';
import { EventWriter } from './event-writer.js';
import { startWorker } from './product.js';

const BACKLOG = 20_000;
const FRACTIONS = [0.1, 0.25, 0.5, 0.75] as const;
const DRAIN_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 20;

/** What the worker does at one rate. */
export interface LatencyFigures {
  readonly fraction: number;
  readonly perSecond: number;
  /** Milliseconds from the transaction of the change to that of the publishing; p50, p95, p99. */
  readonly percentilesMs: readonly number[];
  /** Share of one core. */
  readonly workerCores: number;
  readonly databaseCores: number;
}

/** What one worker carries. */
export interface PipelineFigures {
  /** Events per second of a waiting backlog, published and delivered to the consumer `deal-activity`. */
  readonly saturation: number;
  readonly workerCpuMs: number;
  readonly databaseCpuMs: number;
  readonly latencies: readonly LatencyFigures[];
  readonly connections: number;
}

/** Drains a backlog with one worker, and then writes at parts of the rate that it reached. */
export async function measurePipeline(databaseUrl: string, probe: DatabaseProbe, seconds: number): Promise<PipelineFigures> {
  const writer = new EventWriter(probe.client);
  const worker = startWorker({ DATABASE_URL: databaseUrl });
  try {
    // The first events find a worker that waits for its lease, and code that is not compiled yet.
    await writer.writeAtOnce(BACKLOG / 4);
    await untilDelivered(probe.client);
    const cpu = async (): Promise<readonly [number, number]> => [await cpuSeconds([worker.pid]), await probe.cpuSeconds()];
    await writer.writeAtOnce(BACKLOG);
    const [before, startedAt] = [await cpu(), performance.now()];
    await untilDelivered(probe.client);
    const saturation = (BACKLOG * 1_000) / (performance.now() - startedAt);
    const after = await cpu();
    const latencies: LatencyFigures[] = [];
    for (const fraction of FRACTIONS) {
      const { rows } = await probe.client.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
      const [cpuBefore, from] = [await cpu(), performance.now()];
      const perSecond = await writer.writeSteadily(saturation * fraction, seconds);
      const [cpuAfter, elapsed] = [await cpu(), (performance.now() - from) / 1_000];
      await untilDelivered(probe.client);
      latencies.push({
        fraction,
        perSecond,
        percentilesMs: await percentilesSince(probe.client, rows[0]?.now ?? ''),
        workerCores: (cpuAfter[0] - cpuBefore[0]) / elapsed,
        databaseCores: (cpuAfter[1] - cpuBefore[1]) / elapsed,
      });
    }
    return {
      saturation,
      workerCpuMs: ((after[0] - before[0]) * 1_000) / BACKLOG,
      databaseCpuMs: ((after[1] - before[1]) * 1_000) / BACKLOG,
      latencies,
      connections: await probe.connections('zakops-outbox-worker'),
    };
  } finally {
    await worker.stop();
  }
}

async function untilDelivered(client: pg.Client): Promise<void> {
  const until = Date.now() + DRAIN_LIMIT_MS;
  for (;;) {
    const { rows } = await client.query<{ waiting: boolean }>(
      `SELECT EXISTS (SELECT FROM zakops.outbox_waiting)
           OR (SELECT position FROM zakops.consumer_progress WHERE consumer = 'deal-activity') < zakops.log_position() AS waiting`,
    );
    if (rows[0]?.waiting === false) return;
    if (Date.now() > until) throw new Error('The worker did not deliver what was written.');
    await sleep(LOOK_EVERY_MS);
  }
}

async function percentilesSince(client: pg.Client, since: string): Promise<readonly number[]> {
  const { rows } = await client.query<{ ms: number[] }>(
    `SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM l.published_at - e.occurred_at) * 1000) AS ms
       FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id
      WHERE e.occurred_at >= $1::timestamptz`,
    [since],
  );
  return rows[0]?.ms ?? [];
}
