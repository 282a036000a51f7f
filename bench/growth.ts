import { machine, startBenchServer } from './bench-server.js';
import { measureLevels } from './growth/levels.js';
import { soak, SOAKED_TABLES } from './growth/soak.js';
import type { SoakFigures, TableSize } from './growth/soak.js';

const SOAK_EVENTS = Number(process.env['BENCH_SOAK_EVENTS'] ?? 2_000_000);
const WINDOW = Number(process.env['BENCH_SOAK_WINDOW'] ?? 200_000);
const LEVELS = (process.env['BENCH_LEVELS'] ?? '10000,1000000,10000000')
  .split(',')
  .map(Number)
  .filter((level) => level > 0);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 7);
// Months pass in seconds, so that autovacuum has to look as often and may not pause for its usual time.
const FAST_VACUUM = { autovacuum_naptime: '1s', autovacuum_vacuum_cost_delay: '0' };
/** Rows of the printed table; every portion is judged. */
const LOOKS = 10;
const MIB = 1_048_576;

/** The last third of a soak may be so much larger than the second, on average; without retention it would be 1.67. */
const MOST_GROWTH = 1.1;
/** Dead tuples come and go with each vacuum: as many as this share of the window do not count. */
const DEAD_SHARE = 0.2;
/** Times may differ so much from those at the fewest tickets. */
const MOST_SLOWER = 1.2;
const MOST_STATS_MS = 20;

/** Prints whether tables stop growing under retention, and whether delivered tickets make anything slower; exits 1 when one does not hold. */
async function main(): Promise<void> {
  console.log(`${machine()}\n`);
  const misses = [...(SOAK_EVENTS > 0 ? await runSoak() : []), ...(LEVELS.length > 0 ? await runLevels() : [])];
  console.log(misses.length === 0 ? 'Everything holds.' : misses.map((miss) => `MISSED: ${miss}`).join('\n'));
  if (misses.length > 0) process.exitCode = 1;
}

async function onServer<T>(settings: Readonly<Record<string, string>>, work: (url: string) => Promise<T>): Promise<T> {
  const server = await startBenchServer(settings);
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

async function runSoak(): Promise<readonly string[]> {
  const figures = await onServer(FAST_VACUUM, (url) => soak(url, SOAK_EVENTS, WINDOW));
  console.log(
    `Soak of ${whole(SOAK_EVENTS)} events, of which retention leaves the last ${whole(WINDOW)}; one in a hundred fails once; ` +
      `${whole(figures.eventsPerSecond)} events/s; ${whole(figures.left)} events are left.\nMiB of table + indexes (dead tuples):\n`,
  );
  printTable(
    ['events', ...SOAKED_TABLES],
    figures.snapshots
      .filter((_, n, { length }) => (n + 1) % Math.ceil(length / LOOKS) === 0)
      .map(({ events, tables }) => [whole(events), ...tables.map(cell)]),
  );
  return grown(figures);
}

/** What was larger in the last third than in the second: by then the window is full, and vacuum has had its turns. */
function grown({ snapshots }: SoakFigures): readonly string[] {
  const third = Math.floor(snapshots.length / 3);
  const average = (from: number, name: string, of: (size: TableSize) => number): number => {
    const sizes = snapshots.slice(from, from + third).flatMap(({ tables }) => tables.filter((table) => table.name === name).map(of));
    return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  };
  return SOAKED_TABLES.flatMap((name) =>
    (
      [
        ['table', ({ tableBytes }: TableSize) => tableBytes + MIB],
        ['indexes', ({ indexBytes }: TableSize) => indexBytes + MIB],
        ['dead tuples', ({ deadTuples }: TableSize) => deadTuples + WINDOW * DEAD_SHARE],
      ] as const
    ).flatMap(([what, of]) => {
      const ratio = average(snapshots.length - third, name, of) / average(snapshots.length - 2 * third, name, of);
      return ratio > MOST_GROWTH ? [`${what} of ${name} grew by ${((ratio - 1) * 100).toFixed(0)} %`] : [];
    }),
  );
}

async function runLevels(): Promise<readonly string[]> {
  const figures = await onServer({}, (url) => measureLevels(url, LEVELS, ROUNDS));
  console.log(
    `\nMilliseconds for 1,000 events beside delivered tickets, median of ${String(ROUNDS)} interleaved rounds ` +
      `(ratio to the first row, median of same-round ratios):\n`,
  );
  const timed = ['publish', 'deliver', 'claim'] as const;
  printTable(
    ['delivered tickets', 'publish', 'deliver after the cursor', 'deliver, 1 % claimed as tickets', 'statistics, ms'],
    figures.map(({ delivered, times, ratios }) => [
      whole(delivered),
      ...timed.map((what) => `${times[what].toFixed(2)} (${ratios[what].toFixed(2)})`),
      times.stats.toFixed(1),
    ]),
  );
  return figures.flatMap(({ delivered, times, ratios }) => [
    ...timed
      .filter((what) => ratios[what] > MOST_SLOWER)
      .map((what) => `${what} at ${whole(delivered)} delivered tickets takes ${ratios[what].toFixed(2)} times as long`),
    ...(times.stats > MOST_STATS_MS ? [`statistics at ${whole(delivered)} delivered tickets take ${times.stats.toFixed(1)} ms`] : []),
  ]);
}

function cell({ tableBytes, indexBytes, deadTuples }: TableSize): string {
  return `${(tableBytes / MIB).toFixed(1)} + ${(indexBytes / MIB).toFixed(1)} (${whole(deadTuples)})`;
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log([head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'), '\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

await main();
