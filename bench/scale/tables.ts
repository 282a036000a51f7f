import type { PipelineFigures } from './pipeline.js';
import type { RequestFigures } from './requests.js';
import type { StreamFigures } from './streams.js';

/** What API processes carry, as a Markdown table. */
export function requestTable(figures: readonly RequestFigures[]): string {
  const rows = figures.map((row) => {
    const alone = figures.find(({ processes, kind }) => processes === 1 && kind === row.kind);
    return [
      row.processes,
      row.kind,
      whole(row.perSecond),
      (row.perSecond / (alone?.perSecond ?? Number.NaN)).toFixed(2),
      row.p99Ms.toFixed(1),
      row.apiCpuMs.toFixed(2),
      row.databaseCpuMs.toFixed(2),
      row.connections,
    ];
  });
  return table(
    ['API processes', 'request', 'per second', 'to one process', 'p99 ms', 'API CPU ms each', 'PostgreSQL CPU ms each', 'connections'],
    rows,
  );
}

/** What one worker carries, and how late events are published at parts of that. */
export function pipelineTable({ saturation, latencies }: PipelineFigures): string {
  const rows = latencies.map(({ fraction, perSecond, percentilesMs, workerCores, databaseCores }) => [
    `${(fraction * 100).toFixed(0)} %`,
    whole(perSecond),
    ...percentilesMs.map((ms) => ms.toFixed(0)),
    workerCores.toFixed(2),
    databaseCores.toFixed(2),
  ]);
  const head = [`of ${whole(saturation)} events/s`, 'events/s', 'p50 ms', 'p95 ms', 'p99 ms', 'worker cores', 'PostgreSQL cores'];
  return table(head, rows);
}

/** What streams cost one API process. */
export function streamTable(figures: readonly StreamFigures[]): string {
  const rows = figures.map((row) => [
    whole(row.streams),
    row.eventsPerSecond.toFixed(0),
    whole(row.framesPerSecond),
    row.cpuMicrosPerFrame.toFixed(1),
    row.apiCores.toFixed(2),
    row.p50Ms.toFixed(0),
    row.p99Ms.toFixed(0),
    row.residentMib.toFixed(0),
    row.kibPerStream.toFixed(0),
  ]);
  const head = ['streams', 'events/s', 'frames/s', 'CPU µs per frame', 'API cores', 'p50 ms', 'p99 ms', 'RSS MiB', 'KiB per stream'];
  return table(head, rows);
}

/** A number with commas, without decimals. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
