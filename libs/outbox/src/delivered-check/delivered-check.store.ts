import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';

const COUNTERS = `
  SELECT consumer, delivered FROM zakops.consumer_progress
  UNION ALL
  SELECT '${LOG_CONSUMER}', position FROM zakops.event_log_head`;

const PAGES = `SELECT pg_relation_size('zakops.outbox') / current_setting('block_size')::bigint AS pages, now() AS at`;

// A range of pages is read as it lies on the disk, without an index; in one snapshot each ticket lies in one place.
const COUNT = `
  SELECT consumer, count(*) AS n FROM zakops.outbox
   WHERE ctid >= $1::tid AND ctid < $2::tid AND status = 'delivered'
   GROUP BY consumer`;

const RAISE = `UPDATE zakops.consumer_progress SET delivered = delivered + $2 WHERE consumer = $1`;

const NOTE = `
  INSERT INTO zakops.delivered_checks (consumer, checked_at, counter, counted, corrected) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (consumer) DO UPDATE
     SET checked_at = excluded.checked_at, counter = excluded.counter, counted = excluded.counted, corrected = excluded.corrected`;

/** Delivered tickets by consumer. */
export type CountByConsumer = ReadonlyMap<string, number>;

/** What a comparison found for one consumer. */
export interface DeliveredComparison {
  readonly consumer: string;
  readonly checkedAt: Date;
  readonly counter: number;
  readonly counted: number;
  readonly corrected: boolean;
}

/** Counts delivered tickets part by part, and keeps what came of it. */
@Injectable()
export class DeliveredCheckStore {
  /** Has everything that is read in this transaction be of one moment; the first statement of it. */
  async freeze(tx: Transaction): Promise<void> {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  }

  /** The counters, how many pages the table of tickets has, and when that was. */
  async begin(tx: Transaction): Promise<{ readonly counters: CountByConsumer; readonly pages: number; readonly at: Date }> {
    const rows = await tx.query<{ consumer: string; delivered: string }>(COUNTERS);
    const [size] = await tx.query<{ pages: string; at: Date }>(PAGES);
    if (size === undefined) throw new Error('The size of zakops.outbox is not known.');
    return { counters: new Map(rows.map((row) => [row.consumer, Number(row.delivered)])), pages: Number(size.pages), at: size.at };
  }

  /** Counts in pages `from` to `to`, the last one not included. */
  async count(tx: Transaction, from: number, to: number): Promise<CountByConsumer> {
    const rows = await tx.query<{ consumer: string; n: string }>(COUNT, [`(${String(from)},0)`, `(${String(to)},0)`]);
    return new Map(rows.map((row) => [row.consumer, Number(row.n)]));
  }

  /** Writes down what was found, and raises the counter by the difference if it is to be corrected. */
  async note(tx: Transaction, comparison: DeliveredComparison): Promise<void> {
    const { consumer, checkedAt, counter, counted, corrected } = comparison;
    // By the difference, and not to a number: deliveries go on meanwhile.
    if (corrected) await tx.query(RAISE, [consumer, counted - counter]);
    await tx.query(NOTE, [consumer, checkedAt, counter, counted, corrected]);
  }
}
