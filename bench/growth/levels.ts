import { Database } from '#zakops/database';
import type pg from 'pg';
import { RelayBench } from '../outbox/relay-bench.js';
import { openBenchContext } from '../outbox/bench-context.js';
import { READ_OUTBOX_STATS } from '../../libs/outbox/src/stats/outbox-stats.reader.js';
import { median } from '../bench-server.js';
import { appendEvents, fillDelivered } from './fill.js';

const EVENTS = 20_000;
const POISON_PERCENT = 1;
const FIRST_EVENT = 100_000_000;

/** What one number of delivered tickets costs; medians, in milliseconds. */
export interface LevelFigures {
  readonly delivered: number;
  /** Of 1,000 events. */
  readonly publishMs: number;
  /** Of 1,000 events that are read after a cursor and delivered. */
  readonly deliverMs: number;
  /** Of 1,000 events of which one in a hundred fails once, so that tickets are written, claimed and delivered. */
  readonly claimMs: number;
  readonly statsMs: number;
}

/**
 * Measures publishing, delivering, claiming and the statistics at several numbers of delivered tickets, which are added beside as many positions.
 *
 * @param levels - ascending
 */
export async function measureLevels(
  url: string,
  client: pg.Client,
  levels: readonly number[],
  rounds: number,
): Promise<readonly LevelFigures[]> {
  const { app, config } = await openBenchContext(url);
  const bench = await RelayBench.open(app, config);
  const database = app.get(Database);
  let written = FIRST_EVENT;

  const prepare = async (): Promise<void> => {
    await appendEvents(client, written, EVENTS);
    written += EVENTS;
    await client.query('VACUUM ANALYZE zakops.outbox_waiting, zakops.consumer_progress');
  };
  const perThousand = async (work: () => Promise<unknown>): Promise<number> => {
    const startedAt = performance.now();
    await work();
    return ((performance.now() - startedAt) * 1_000) / EVENTS;
  };
  const round = async (): Promise<Omit<LevelFigures, 'delivered'>> => {
    await prepare();
    const publishMs = await perThousand(() => bench.publishAll(EVENTS));
    const deliverMs = await perThousand(() => bench.consume(EVENTS, 1));
    await prepare();
    await bench.publishAll(EVENTS);
    const claimMs = await perThousand(() => bench.consume(EVENTS, 1, POISON_PERCENT, 1));
    const startedAt = performance.now();
    await database.query(READ_OUTBOX_STATS);
    return { publishMs, deliverMs, claimMs, statsMs: performance.now() - startedAt };
  };

  const figures: LevelFigures[] = [];
  let filled = 0;
  // The first round warms the code and is not counted.
  await round();
  for (const delivered of levels) {
    await fillDelivered(client, filled, delivered);
    filled = delivered;
    await round();
    const results: Omit<LevelFigures, 'delivered'>[] = [];
    for (let n = 0; n < rounds; n += 1) results.push(await round());
    const of = (what: keyof Omit<LevelFigures, 'delivered'>): number => median(results.map((result) => result[what]));
    figures.push({ delivered, publishMs: of('publishMs'), deliverMs: of('deliverMs'), claimMs: of('claimMs'), statsMs: of('statsMs') });
  }
  await bench.close();
  await app.close();
  return figures;
}
