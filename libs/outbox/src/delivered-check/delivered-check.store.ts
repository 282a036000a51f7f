import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';

const COUNTERS = `
  SELECT consumer, delivered FROM zakops.consumer_progress WHERE state <> 'removed'
  UNION ALL
  SELECT '${LOG_CONSUMER}', position FROM zakops.event_log_head`;

// Events that a cursor has passed without a delivery: open tickets, and discarded dead letters.
const NOT_DELIVERED = `
  SELECT consumer, sum(n) AS n
    FROM (SELECT consumer, count(*) AS n FROM zakops.outbox_tickets WHERE status <> 'delivered' GROUP BY consumer
          UNION ALL
          SELECT d.consumer, count(*) FROM zakops.dlq_operation_entries d JOIN zakops.dlq_operations o ON o.id = d.operation_id
           WHERE o.kind IN ('purge', 'purge_old') GROUP BY d.consumer) AS parts
   GROUP BY consumer`;

const MOMENT = `SELECT zakops.log_position() AS last, now() AS at`;

const COUNT = `
  SELECT p.consumer, count(*) AS n
    FROM zakops.consumer_progress p
    JOIN zakops.event_log l ON l.position > greatest(p.started_after, $1) AND l.position <= least(p.position, $2)
    JOIN zakops.events e ON e.id = l.event_id AND e.type ~ p.pattern
   WHERE p.state <> 'removed'
   GROUP BY p.consumer
  UNION ALL
  SELECT '${LOG_CONSUMER}', count(*) FROM zakops.event_log WHERE position > $1 AND position <= $2`;

const RAISE = `UPDATE zakops.consumer_progress SET delivered = delivered + $2 WHERE consumer = $1`;

const NOTE = `
  INSERT INTO zakops.delivered_checks (consumer, checked_at, counter, counted, corrected) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (consumer) DO UPDATE
     SET checked_at = excluded.checked_at, counter = excluded.counter, counted = excluded.counted, corrected = excluded.corrected`;

/** Events by consumer. */
export type CountByConsumer = ReadonlyMap<string, number>;

/** What a comparison found for one consumer. */
export interface DeliveredComparison {
  readonly consumer: string;
  readonly checkedAt: Date;
  readonly counter: number;
  readonly counted: number;
  readonly corrected: boolean;
}

/** Counts delivered events part by part, and writes the comparison. */
@Injectable()
export class DeliveredCheckStore {
  /** Makes all reads of this transaction see one moment; must be its first statement. */
  async freeze(tx: Transaction): Promise<void> {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  }

  /** The counters, the events passed without a delivery, the last position, and the time. */
  async begin(tx: Transaction): Promise<{ counters: CountByConsumer; notDelivered: CountByConsumer; last: number; at: Date }> {
    const counters = await tx.query<{ consumer: string; delivered: string }>(COUNTERS);
    const notDelivered = await tx.query<{ consumer: string; n: string }>(NOT_DELIVERED);
    const [moment] = await tx.query<{ last: string; at: Date }>(MOMENT);
    if (moment === undefined) throw new Error('The end of the log is not known.');
    return {
      counters: new Map(counters.map((row) => [row.consumer, Number(row.delivered)])),
      notDelivered: new Map(notDelivered.map((row) => [row.consumer, Number(row.n)])),
      last: Number(moment.last),
      at: moment.at,
    };
  }

  /** Counts events after position `from`, up to and including `to`, that each cursor has passed; of `log`, all. */
  async count(tx: Transaction, from: number, to: number): Promise<CountByConsumer> {
    const rows = await tx.query<{ consumer: string; n: string }>(COUNT, [from, to]);
    return new Map(rows.map((row) => [row.consumer, Number(row.n)]));
  }

  /** Writes one comparison, and raises the counter by the difference if it is to be corrected. */
  async note(tx: Transaction, comparison: DeliveredComparison): Promise<void> {
    const { consumer, checkedAt, counter, counted, corrected } = comparison;
    // By the difference, and not to a number: deliveries go on meanwhile.
    if (corrected) await tx.query(RAISE, [consumer, counted - counter]);
    await tx.query(NOTE, [consumer, checkedAt, counter, counted, corrected]);
  }
}
