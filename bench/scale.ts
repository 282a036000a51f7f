import { machine, startBenchServer } from './bench-server.js';
import { makeApiKey } from './http/make-api-key.js';
import { requireWrk } from './http/wrk.js';
import { DatabaseProbe } from './database-probe.js';
import { measurePipeline } from './scale/pipeline.js';
import { measureRequests } from './scale/requests.js';
import { rulesOfThumb } from './scale/rules-of-thumb.js';
import { measureStreams } from './scale/streams.js';
import { pipelineTable, requestTable, streamTable } from './scale/tables.js';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 8);
const WARM_UP_SECONDS = Number(process.env['BENCH_WARM_UP_SECONDS'] ?? 8);
const SECRET = 'a-secret-of-the-benchmark-that-protects-nothing';

/** What is on in production, with limits that a benchmark does not reach. */
const GUARDED = {
  AUTH_REQUIRED: 'true',
  SESSION_SECRET: SECRET,
  RATE_LIMIT_ENABLED: 'true',
  RATE_LIMIT_GENERAL_PER_MINUTE: '100000000',
} as const;

/** Prints what one node carries and where its parts saturate, for docs/scaling.md. */
async function main(): Promise<void> {
  await requireWrk();
  const server = await startBenchServer({ max_connections: '400' });
  try {
    const apiKey = await makeApiKey(server.url, SECRET);
    const probe = await DatabaseProbe.open(server.url);
    console.log(`${machine()}; API, worker, PostgreSQL and the load share these cores.\n`);
    const rounds = { warmUp: WARM_UP_SECONDS, measured: SECONDS };
    const requests = await measureRequests({ DATABASE_URL: server.url, ...GUARDED }, apiKey, probe, rounds);
    console.log(`Requests, 32 connections in all, ${String(SECONDS)} s each, every guard on:\n\n${requestTable(requests)}\n`);
    await probe.forgetEvents();
    const pipeline = await measurePipeline(server.url, probe, SECONDS);
    console.log(
      `From commit to delivery with one worker, ${String(SECONDS)} s at each rate; the worker holds ${String(pipeline.connections)} connections:\n\n${pipelineTable(pipeline)}\n`,
    );
    await probe.forgetEvents();
    const streams = await measureStreams(server.url, probe, SECONDS);
    console.log(`Streams of one API process, all with the same events, ${String(SECONDS)} s each:\n\n${streamTable(streams)}\n`);
    console.log(
      `Rules of thumb:\n\n${rulesOfThumb(requests, pipeline, streams)
        .map((rule) => `- ${rule}`)
        .join('\n')}`,
    );
    await probe.close();
  } finally {
    await server.stop();
  }
}

await main();
