import type { PipelineFigures } from './pipeline.js';
import type { RequestFigures } from './requests.js';
import type { StreamFigures } from './streams.js';
import { whole } from './tables.js';

/** What the figures say about other machines: ratios of CPU time, which hold better than rates. */
export function rulesOfThumb(
  requests: readonly RequestFigures[],
  pipeline: PipelineFigures,
  streams: readonly StreamFigures[],
): readonly string[] {
  const alone = (kind: 'POST' | 'GET'): RequestFigures | undefined => requests.find((row) => row.processes === 1 && row.kind === kind);
  const post = alone('POST');
  const get = alone('GET');
  const busiest = streams.at(-1);
  if (post === undefined || get === undefined || busiest === undefined) return [];
  const perApiCore = (row: RequestFigures): string => whole(1_000 / row.apiCpuMs);
  const perDatabaseCore = (row: RequestFigures): string => whole(1_000 / row.databaseCpuMs);
  const mostPosts = Math.max(...requests.filter(({ kind }) => kind === 'POST').map(({ perSecond }) => perSecond));
  const streamsPerGib = (1024 * 1024) / busiest.kibPerStream;
  return [
    `A core of an API process carries about ${perApiCore(post)} POST/s or ${perApiCore(get)} GET/s; a GET costs ${(get.apiCpuMs / post.apiCpuMs).toFixed(2)} of a POST there.`,
    `A core of PostgreSQL carries about ${perDatabaseCore(post)} POST/s or ${perDatabaseCore(get)} GET/s: it feeds ${(post.apiCpuMs / post.databaseCpuMs).toFixed(1)} API cores of writes, or ${(get.apiCpuMs / get.databaseCpuMs).toFixed(1)} of reads.`,
    `An event of a backlog costs ${pipeline.workerCpuMs.toFixed(2)} ms of the worker and ${pipeline.databaseCpuMs.toFixed(2)} ms of PostgreSQL, together ${((pipeline.workerCpuMs + pipeline.databaseCpuMs) / (post.apiCpuMs + post.databaseCpuMs)).toFixed(2)} of the POST that made it.`,
    `One worker delivers ${whole(pipeline.saturation)} events/s of a backlog, ${(pipeline.saturation / mostPosts).toFixed(1)} times what API processes of this machine made by POST at most.`,
    `A frame costs ${busiest.cpuMicrosPerFrame.toFixed(0)} µs of the API process: a core writes about ${whole(1e6 / busiest.cpuMicrosPerFrame)} frames/s (streams times events/s that each of them gets).`,
    `A stream holds ${busiest.kibPerStream.toFixed(0)} KiB of the process: about ${whole(streamsPerGib)} per GiB, without what the kernel buffers for slow clients.`,
  ];
}
