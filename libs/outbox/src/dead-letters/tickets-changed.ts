import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { opsChanged } from '#zakops/figures';
import type { CommitHint } from '../append/commit-hint.js';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { sqlTo } from '../tickets/ticket-status.js';
import { TICKETS } from '../tickets/ticket-table.js';
import { TICKETS_CHANNEL } from '../wake/wake-signal.js';

/** Tickets of one consumer that an operator has redriven or discarded. */
export interface ChangedTickets {
  readonly consumer: string;
  /** The streams of the tickets, each once; int8 as text. */
  readonly streams: readonly string[];
}

const PROMOTE = prepared(`
  SELECT zakops.promote_waiting(consumer, $2::bigint[], blocking_types) FROM zakops.consumer_progress WHERE consumer = $1`);

// Only a database of the original system has dead letters of publication: publishing never fails for one event.
const PUBLISH_AGAIN = `
  WITH gone AS (
    DELETE FROM ${TICKETS} WHERE consumer = '${LOG_CONSUMER}' AND status = ${sqlTo('redrive')} RETURNING event_id, stream, ordinal
  )
  INSERT INTO zakops.outbox_waiting (event_id, stream) SELECT event_id, stream FROM gone ORDER BY ordinal`;

// After the tickets, as in the worker: in the other order two transactions could wait for each other.
const NOTE = prepared(`UPDATE zakops.consumer_progress SET changes = changes + 1 WHERE consumer = $1`);

const WAKE = prepared(`SELECT pg_notify('${TICKETS_CHANNEL}', '')`);

/**
 * Makes a change of dead letters known to the worker: what waited behind them becomes due, and the worker wakes.
 *
 * @remarks The worker cannot commit what it prepared before the change.
 * @param changed - one member for each consumer; empty when nothing was changed
 */
export async function ticketsChanged(tx: Transaction, hint: CommitHint, changed: readonly ChangedTickets[]): Promise<void> {
  if (changed.length === 0) return;
  // In one order, so that two operations cannot wait for each other.
  const inOrder = [...changed].sort((a, b) => (a.consumer < b.consumer ? -1 : 1));
  if (inOrder.some(({ consumer }) => consumer === LOG_CONSUMER)) {
    await tx.query(PUBLISH_AGAIN);
    tx.afterCommit(() => {
      hint.give();
    });
  }
  for (const { consumer, streams } of inOrder) await tx.query(PROMOTE, [consumer, streams]);
  for (const { consumer } of inOrder) await tx.query(NOTE, [consumer]);
  tx.hintAfterCommit(WAKE, []);
  opsChanged(tx, 'dlq');
}

/** Groups changed tickets by consumer. */
export function byConsumer(tickets: readonly { readonly consumer: string; readonly stream: string }[]): readonly ChangedTickets[] {
  const streams = new Map<string, Set<string>>();
  for (const { consumer, stream } of tickets) streams.set(consumer, (streams.get(consumer) ?? new Set()).add(stream));
  return [...streams].map(([consumer, of]) => ({ consumer, streams: [...of] }));
}
