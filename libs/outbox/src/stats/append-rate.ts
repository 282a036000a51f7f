import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { performance } from 'node:perf_hooks';

/** Length of the window over which the rate is taken. */
export const APPEND_RATE_WINDOW_MS = 60_000;

const SAMPLE_EVERY_MS = 5_000;
const SHORTEST_SPAN_MS = 1_000;

interface Sample {
  readonly atMs: number;
  readonly ordinal: number;
}

/**
 * How many events are appended per second, by all processes together.
 *
 * @remarks Every append takes one number of `zakops.outbox_ordinal_seq`. Its last value, looked at every five seconds, tells the rate
 * without reading a table. Rolled back appends count too; they are rare, as the number is taken right before the commit.
 */
@Injectable()
export class AppendRate implements OnApplicationBootstrap, OnApplicationShutdown {
  #samples: readonly Sample[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      void this.look();
    }, SAMPLE_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /**
   * Takes one more sample and gives the average since the oldest one of the last minute.
   *
   * @param ordinal - the last value of the sequence now
   * @returns events per second to two decimals; null until a second of samples exists
   */
  add(ordinal: number, atMs: number = performance.now()): number | null {
    const known = this.#samples.filter((sample) => sample.atMs > atMs - APPEND_RATE_WINDOW_MS);
    // A smaller number is another sequence: the database was restored or reset.
    const samples = (known.at(-1)?.ordinal ?? 0) > ordinal ? [] : known;
    const last = samples.at(-1);
    this.#samples = last === undefined || atMs - last.atMs >= SHORTEST_SPAN_MS ? [...samples, { atMs, ordinal }] : samples;
    const oldest = samples[0];
    if (oldest === undefined || atMs - oldest.atMs < SHORTEST_SPAN_MS) return null;
    return Math.round(((ordinal - oldest.ordinal) / (atMs - oldest.atMs)) * 100_000) / 100;
  }

  private async look(): Promise<void> {
    if (!this.database.isConnected) return;
    // A sample that cannot be taken is missing; the next one comes soon.
    const rows = await this.database.query<{ ordinal: string }>(`SELECT ${LAST_ORDINAL} AS ordinal`).catch(() => []);
    for (const row of rows) this.add(Number(row.ordinal));
  }
}

/** The last ordinal that an append took; 0 before the first. A SQL expression. */
export const LAST_ORDINAL = `(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM zakops.outbox_ordinal_seq)`;
