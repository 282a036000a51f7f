import { setTimeout as sleep } from 'node:timers/promises';
import { prepared } from '#zakops/database';
import { median } from '../bench-server.js';
import { dealUpdated, openEventAppender } from './event-appender.js';

const CONNECTIONS = [1, 8, 32] as const;
const ROUNDS = 3;
const ROUND_MS = 2_000;
const PAYLOAD = 'x'.repeat(350);
/** Other deals than those of the benchmarks before. */
const FIRST_DEAL = 800_000;
const CHANGE = prepared('UPDATE bench_rows SET n = n + 1 WHERE id = $1');

/** Compares transactions that change one row with those that append an event as well; rows of a table. */
export async function measureAppendCost(databaseUrl: string): Promise<readonly string[]> {
  const { unitOfWork, outbox, close } = await openEventAppender(databaseUrl, { DATABASE_POOL_SIZE: String(Math.max(...CONNECTIONS) * 2) });
  await unitOfWork.run(async (tx) => {
    await tx.query('CREATE TABLE IF NOT EXISTS bench_rows (id int PRIMARY KEY, n int NOT NULL)');
    await tx.query('INSERT INTO bench_rows SELECT id, 0 FROM generate_series(1, 32) AS id ON CONFLICT DO NOTHING');
  });
  const sequences = new Map<number, number>();

  /** Transactions per second, with a row for each connection. */
  async function rate(connections: number, appends: boolean): Promise<number> {
    let done = 0;
    const signal = AbortSignal.timeout(ROUND_MS);
    const startedAt = performance.now();
    const work = async (row: number): Promise<void> => {
      for (; !signal.aborted; done += 1) {
        await unitOfWork.run(async (tx) => {
          await tx.query(CHANGE, [row]);
          if (appends) outbox.append(tx, [nextEvent(row)]);
        });
      }
    };
    await Promise.all(Array.from({ length: connections }, (_, n) => work(n + 1)));
    return (done * 1_000) / (performance.now() - startedAt);
  }

  function nextEvent(row: number): ReturnType<typeof dealUpdated> {
    const sequence = (sequences.get(row) ?? 0) + 1;
    sequences.set(row, sequence);
    return dealUpdated(FIRST_DEAL + row, sequence, PAYLOAD);
  }

  const rows: string[] = [];
  for (const connections of CONNECTIONS) {
    await rate(connections, true);
    const rounds: { alone: number; appending: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ alone: await rate(connections, false), appending: await rate(connections, true) });
      await sleep(100);
    }
    const cells = [median(rounds.map(({ alone }) => alone)), median(rounds.map(({ appending }) => appending))].map((value) =>
      Math.round(value).toLocaleString('en-US'),
    );
    const ratio = median(rounds.map(({ alone, appending }) => appending / alone));
    rows.push(`| ${String(connections)} | ${cells.join(' | ')} | ${ratio.toFixed(2)} |`);
  }
  await close();
  return rows;
}
