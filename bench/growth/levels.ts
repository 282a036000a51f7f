import { Database, migrate } from '#zakops/database';
import type { INestApplicationContext } from '@nestjs/common';
import pg from 'pg';
import { MIGRATIONS } from '../../migrations/index.js';
import { READ_OUTBOX_STATS } from '../../libs/outbox/src/stats/outbox-stats.reader.js';
import { median } from '../bench-server.js';
import { openBenchContext } from '../outbox/bench-context.js';
import { RelayBench } from '../outbox/relay-bench.js';
import { appendEvents, fillDelivered } from './fill.js';

const EVENTS = 20_000;
const POISON_PERCENT = 1;
const FIRST_EVENT = 100_000_000;

/** What is measured; milliseconds, of 1,000 events except for the statistics. */
export interface Times {
  readonly publish: number;
  /** Events are read after a cursor and delivered. */
  readonly deliver: number;
  /** One event in a hundred fails once, so that tickets are written, claimed and delivered. */
  readonly claim: number;
  readonly stats: number;
}

/** What one number of delivered tickets costs. */
export interface LevelFigures {
  readonly delivered: number;
  /** Medians. */
  readonly times: Times;
  /** To the first level: the median of the ratios of the same round. */
  readonly ratios: Times;
}

/**
 * Measures publishing, delivering, claiming and the statistics at several numbers of delivered tickets, beside as many positions of the log.
 *
 * @remarks Each number has a database of its own, and rounds are interleaved, so that a busy machine is busy for all of them.
 */
export async function measureLevels(url: string, levels: readonly number[], rounds: number): Promise<readonly LevelFigures[]> {
  const benches: LevelBench[] = [];
  for (const delivered of levels) benches.push(await LevelBench.open(url, delivered));
  const measured: Times[][] = levels.map(() => []);
  // The first round warms code and caches, and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [n, bench] of benches.entries()) {
      const times = await bench.round();
      if (round > 0) measured[n]?.push(times);
    }
  }
  for (const bench of benches) await bench.close();
  const overRounds = (n: number, of: (times: Times, first: Times) => number): number =>
    median((measured[n] ?? []).map((times, round) => of(times, measured[0]?.[round] ?? times)));
  const each = (value: (what: keyof Times) => number): Times => ({
    publish: value('publish'),
    deliver: value('deliver'),
    claim: value('claim'),
    stats: value('stats'),
  });
  return levels.map((delivered, n) => ({
    delivered,
    times: each((what) => overRounds(n, (times) => times[what])),
    ratios: each((what) => overRounds(n, (times, first) => times[what] / first[what])),
  }));
}

/** The product's own parts on a database with so many delivered tickets. */
class LevelBench {
  #written = FIRST_EVENT;

  private constructor(
    private readonly client: pg.Client,
    private readonly app: INestApplicationContext,
    private readonly relay: RelayBench,
  ) {}

  static async open(serverUrl: string, delivered: number): Promise<LevelBench> {
    const url = await createDatabase(serverUrl, `delivered_${String(delivered)}`);
    const client = new pg.Client({ connectionString: url, application_name: 'bench-growth' });
    client.on('error', () => undefined);
    await client.connect();
    const { app, config } = await openBenchContext(url);
    const relay = await RelayBench.open(app, config);
    await fillDelivered(client, delivered);
    return new LevelBench(client, app, relay);
  }

  async round(): Promise<Times> {
    await this.append();
    const publish = await perThousand(() => this.relay.publishAll(EVENTS));
    const deliver = await perThousand(() => this.relay.consume(EVENTS, 1));
    await this.append();
    await this.relay.publishAll(EVENTS);
    const claim = await perThousand(() => this.relay.consume(EVENTS, 1, POISON_PERCENT, 1));
    const startedAt = performance.now();
    await this.app.get(Database).query(READ_OUTBOX_STATS);
    return { publish, deliver, claim, stats: performance.now() - startedAt };
  }

  async close(): Promise<void> {
    await this.relay.close();
    await this.app.close();
    await this.client.end();
  }

  private async append(): Promise<void> {
    await appendEvents(this.client, this.#written, EVENTS);
    this.#written += EVENTS;
    await this.client.query('VACUUM ANALYZE zakops.outbox_waiting, zakops.consumer_progress');
  }
}

async function perThousand(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return ((performance.now() - startedAt) * 1_000) / EVENTS;
}

async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href, MIGRATIONS);
  return url.href;
}
