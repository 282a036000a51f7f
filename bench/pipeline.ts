import pg from 'pg';
import { prepared } from '#zakops/database';
import { machine, median, startBenchServer } from './bench-server.js';
import { openEventAppender } from './outbox/event-appender.js';
import { DatabaseProbe } from './database-probe.js';

const ROUNDS = 5;
const TRANSACTIONS = 1_500;
const CONNECTIONS = 8;
/** As many statements as a command with a key sends besides its commit. */
const STATEMENTS = 6;

const TEXT = 'INSERT INTO public.bench_rows (n) VALUES ($1)';
const ADD = prepared(TEXT);
const VALUES = Array.from({ length: STATEMENTS }, (_, n) => n);

/** What one transaction cost, in microseconds of CPU. */
interface Cost {
  readonly client: number;
  readonly server: number;
}

/** Prints what the same transactions cost by batches with one Sync and by the driver's own pipeline, which sends a Sync with each statement. */
async function main(): Promise<void> {
  const server = await startBenchServer();
  const { unitOfWork, close } = await openEventAppender(server.url, { DATABASE_POOL_SIZE: String(CONNECTIONS * 2) });
  const pool = new pg.Pool({ connectionString: server.url, max: CONNECTIONS, pipeline: true });
  const probe = await DatabaseProbe.open(server.url);

  const batched = (): Promise<unknown> => unitOfWork.run((tx) => Promise.all(VALUES.map((n) => tx.query(ADD, [n]))));
  const pipelined = async (): Promise<void> => {
    const client = await pool.connect();
    const statements = VALUES.map((n) => client.query({ name: 'add', text: TEXT, values: [n] }));
    await Promise.all([client.query('BEGIN'), ...statements, client.query('COMMIT')]);
    client.release();
  };

  /** By several callers at once, as a process of the product has them. */
  async function cost(transaction: () => Promise<unknown>): Promise<Cost> {
    const before = { client: process.cpuUsage(), server: await probe.cpuSeconds() };
    const share = TRANSACTIONS / CONNECTIONS;
    const caller = async (): Promise<void> => {
      for (let n = 0; n < share; n += 1) await transaction();
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, caller));
    const { user, system } = process.cpuUsage(before.client);
    return { client: (user + system) / TRANSACTIONS, server: ((await probe.cpuSeconds()) - before.server) * (1_000_000 / TRANSACTIONS) };
  }

  try {
    await probe.client.query('CREATE TABLE public.bench_rows (n int NOT NULL)');
    for (const way of [batched, pipelined]) await cost(way);
    const rounds: { readonly batch: Cost; readonly pipeline: Cost }[] = [];
    for (let n = 0; n < ROUNDS; n += 1) rounds.push({ batch: await cost(batched), pipeline: await cost(pipelined) });
    console.log(
      `${machine()}\n${String(ROUNDS)} rounds of ${String(TRANSACTIONS)} transactions, ${String(STATEMENTS)} prepared inserts each\n`,
    );
    console.log('| CPU of the | batch, µs | pipeline, µs | ratio (median) | ratios |');
    console.log('|---|---|---|---|---|');
    for (const side of ['client', 'server'] as const) {
      const ratios = rounds.map(({ batch, pipeline }) => batch[side] / pipeline[side]);
      const cells = (['batch', 'pipeline'] as const).map((way) => median(rounds.map((round) => round[way][side])).toFixed(0));
      console.log(`| ${side} | ${cells.join(' | ')} | ${median(ratios).toFixed(2)} | ${ratios.map((each) => each.toFixed(2)).join(' ')} |`);
    }
  } finally {
    await probe.close();
    await pool.end();
    await close();
    await server.stop();
  }
}

await main();
