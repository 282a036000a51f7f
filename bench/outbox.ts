import { machine, median, startBenchServer } from './bench-server.js';
import { measureAppendCost } from './outbox/append-cost.js';
import { openDrains } from './outbox/drains.js';
import { measureLatency, measureRawLatency } from './outbox/latency.js';
import { measureStoredBytes } from './outbox/stored-bytes.js';

const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 100_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const LATENCY_SECONDS = Number(process.env['BENCH_LATENCY_SECONDS'] ?? 20);

/** Prints speed beside the raw reference, latency at 100 events/s beside raw notices, the cost of an append, and bytes for each event. */
async function main(): Promise<void> {
  const server = await startBenchServer();
  try {
    console.log(machine());
    console.log(
      `${String(EVENTS)} waiting events of about 500 bytes over 1,000 aggregates, ${String(ROUNDS)} interleaved rounds, events/s:\n`,
    );
    const { drains, close } = await openDrains(server.url);
    const results = new Map<string, number[]>(drains.map((drain) => [drain.name, []]));
    // The first run of each warms the code and the cache and is not counted.
    for (const drain of drains) await drain.measure(Math.min(EVENTS, 20_000));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const drain of drains) results.get(drain.name)?.push(await drain.measure(EVENTS));
    }
    await close();
    const reference = results.get(drains[0]?.name ?? '') ?? [];
    console.log('| what | median | rounds | ratio to the reference (median of same-round ratios) |');
    console.log('|---|---|---|---|');
    for (const [name, speeds] of results) {
      const ratio = median(speeds.map((speed, round) => speed / (reference[round] ?? Number.NaN)));
      console.log(`| ${name} | ${format(median(speeds))} | ${speeds.map(format).join(', ')} | ${ratio.toFixed(2)} |`);
    }
    console.log(
      `\nLatency at 100 events/s for ${String(LATENCY_SECONDS)} s; writer, worker and API are separate processes; milliseconds:\n`,
    );
    console.log('| from commit to | p50 | p95 | p99 | max |');
    console.log('|---|---|---|---|---|');
    console.log(await measureRawLatency(server.url, LATENCY_SECONDS));
    for (const row of await measureLatency(server.url, LATENCY_SECONDS)) console.log(row);
    console.log('\nTransactions per second that change one row, by connections, without and with an event:\n');
    console.log('| connections | alone | with an event | ratio (median of same-round ratios) |');
    console.log('|---|---|---|---|');
    for (const row of await measureAppendCost(server.url)) console.log(row);
    console.log('\nBytes on disk for each change of a deal over HTTP, after a vacuum; one consumer, audit and its chain:\n');
    console.log('| table with its indexes | bytes |');
    console.log('|---|---|');
    for (const row of await measureStoredBytes()) console.log(row);
  } finally {
    await server.stop();
  }
}

function format(speed: number): string {
  return Math.round(speed).toLocaleString('en-US');
}

await main();
