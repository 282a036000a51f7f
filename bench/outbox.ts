import { machine, median, startBenchServer } from './bench-server.js';
import { measureLatency } from './outbox-latency.js';
import { openDrains } from './outbox-drain.js';

const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 100_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const LATENCY_SECONDS = Number(process.env['BENCH_LATENCY_SECONDS'] ?? 20);

/** Prints publishing and consumer speed beside the raw reference, then latency at 100 events/s. */
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
    for (const row of await measureLatency(server.url, LATENCY_SECONDS)) console.log(row);
  } finally {
    await server.stop();
  }
}

function format(speed: number): string {
  return Math.round(speed).toLocaleString('en-US');
}

await main();
