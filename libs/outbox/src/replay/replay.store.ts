import { Database, databaseErrorFields, prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import type { PublishedEvent } from '../log/event-log.js';
import { byIndex } from '../tickets/by-index.js';
import type { FailedAttempt } from '../tickets/ticket.js';
import { WORKER_CRASHED } from '../tickets/delivery.errors.js';
import type { OpenReplay } from './replay.js';
import { ReplayMovedError } from './replay.errors.js';

const DIVISION_BY_ZERO = '22012';

/** Milliseconds for which runners share what was read. */
const SHARED_FOR_MS = 100;

const OPEN = `state IN ('queued', 'running')`;

const OPEN_CONSUMERS = prepared(`SELECT consumer FROM zakops.replays WHERE ${OPEN}`);

// A worker that takes a replay up counts as a start, unless it has it already. After too many starts without progress its next event is
// what ends the workers.
const TAKE_UP = prepared(`
  UPDATE zakops.replays r
     SET fence = $2, started_at = coalesce(started_at, now()), starts = CASE WHEN fence = $2 THEN starts ELSE starts + 1 END,
         state = CASE WHEN fence IS DISTINCT FROM $2 AND starts >= $3 THEN 'failed' ELSE 'running' END,
         finished_at = CASE WHEN fence IS DISTINCT FROM $2 AND starts >= $3 THEN now() END,
         reason_code = CASE WHEN fence IS DISTINCT FROM $2 AND starts >= $3 THEN '${WORKER_CRASHED}' ELSE reason_code END,
         last_error = CASE WHEN fence IS DISTINCT FROM $2 AND starts >= $3
                           THEN 'Workers ended again and again while the next event was replayed.' ELSE last_error END
   WHERE consumer = $1 AND ${OPEN} AND (fence IS NULL OR fence <= $2)
  RETURNING id, consumer, position::float8 AS position, until_position::float8 AS until, rate, failures, state,
            greatest(0, coalesce(extract(epoch FROM due_at - now()), 0))::float8 AS "dueInSeconds"`);

// Fails the commit that it travels with when the row is not as this worker left it.
const MOVE = prepared(`
  WITH moved AS (
    UPDATE zakops.replays
       SET position = $4, delivered = delivered + $5, skipped = skipped + $6, starts = 0, failures = 0, due_at = NULL,
           state = CASE WHEN $7 THEN 'done' ELSE 'running' END, finished_at = CASE WHEN $7 THEN now() END,
           reason_code = NULL, last_error = NULL, failed_event_id = NULL
     WHERE id = $1 AND fence = $2 AND position = $3 AND state = 'running'
    RETURNING 1
  )
  SELECT 1 / (SELECT count(*) FROM moved) AS moved`);

const FAIL = prepared(`
  UPDATE zakops.replays
     SET failures = $3, due_at = now() + $4 * interval '1 second', reason_code = $5, last_error = $6, failed_event_id = $7,
         state = CASE WHEN $8 THEN 'failed' ELSE state END, finished_at = CASE WHEN $8 THEN now() END
   WHERE id = $1 AND fence = $2 AND state = 'running'`);

const LOST = prepared(`
  UPDATE zakops.replays SET state = 'failed', finished_at = now(), reason_code = 'history_gone',
         last_error = 'Retention has removed events that were still to be replayed.'
   WHERE id = $1 AND fence = $2 AND state = 'running'`);

/** Of each event whether its ticket is open, and whether an earlier event of its aggregate is dead. */
const TICKETS = prepared(`
  SELECT g.n::int AS n, own.is IS NOT NULL AS "isOpen", dead.is IS NOT NULL AS "hasGap"
    FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[]) WITH ORDINALITY AS g(id, position, type, aggregate, n)
    LEFT JOIN LATERAL (
      SELECT 1 AS is FROM zakops.outbox_tickets WHERE consumer = $1 AND event_id = g.id AND status <> 'delivered') AS own ON true
    LEFT JOIN LATERAL (
      SELECT 1 AS is FROM zakops.outbox_tickets
       WHERE consumer = $1 AND stream = zakops.stream_of(g.type, g.aggregate) AND status = 'dead' AND ordinal < g.position
       ORDER BY ordinal LIMIT 1) AS dead ON true
   WHERE own.is IS NOT NULL OR dead.is IS NOT NULL`);

/** What the tickets of a consumer say about one event. */
export interface TicketOfEvent {
  /** A ticket delivers it, or an operator decides about it. */
  readonly isOpen: boolean;
  readonly hasGap: boolean;
}

/** How far a portion has come. */
export interface ReplayMove {
  readonly position: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly isLast: boolean;
}

/** The worker's side of `zakops.replays`. */
@Injectable()
export class ReplayStore {
  #open: { readonly at: number; readonly consumers: Promise<readonly string[]> } | undefined;

  constructor(private readonly database: Database) {}

  /**
   * True when a consumer has an open replay.
   *
   * @remarks All runners look at the same time, and one read serves them. The index is empty most of the time.
   */
  async hasOpen(consumer: string): Promise<boolean> {
    const now = performance.now();
    if (this.#open === undefined || now - this.#open.at > SHARED_FOR_MS) {
      const consumers = this.database.query<{ consumer: string }>(OPEN_CONSUMERS).then((rows) => rows.map((row) => row.consumer));
      this.#open = { at: now, consumers };
    }
    return (await this.#open.consumers).includes(consumer);
  }

  /**
   * Makes the open replay of a consumer this worker's.
   *
   * @param mostStarts - workers that may have ended without any progress
   * @returns undefined when there is none, or it has just failed
   */
  async takeUp(consumer: string, fence: string, mostStarts: number): Promise<OpenReplay | undefined> {
    const [row] = await this.database.query<OpenReplay & { state: string }>(TAKE_UP, [consumer, fence, mostStarts]);
    return row?.state === 'running' ? row : undefined;
  }

  /** What the open tickets of a consumer say about events, by their ids; those without any are left out. */
  async tickets(tx: Transaction, consumer: string, events: readonly PublishedEvent[]): Promise<ReadonlyMap<string, TicketOfEvent>> {
    const rows = await byIndex<TicketOfEvent & { n: number }>(tx, TICKETS, [
      consumer,
      events.map(({ id }) => id),
      events.map(({ position }) => position),
      events.map(({ aggregateType }) => aggregateType),
      events.map(({ aggregateId }) => aggregateId),
    ]);
    return new Map(rows.map(({ n, ...ticket }) => [events[n - 1]?.id ?? '', ticket]));
  }

  /**
   * Moves a replay with the commit of the effects.
   *
   * @throws ReplayMovedError from the commit, when it was cancelled, or is another worker's; then nothing is committed
   */
  moveAtCommit(tx: Transaction, { id, position }: OpenReplay, fence: string, to: ReplayMove): void {
    tx.atCommit({
      statement: MOVE,
      values: [id, fence, position, to.position, to.delivered, to.skipped, to.isLast],
      mapError: (error) => (databaseErrorFields(error).sqlState === DIVISION_BY_ZERO ? new ReplayMovedError(id) : error),
    });
  }

  /** Notes a failed attempt of the next event; after the last one the replay has failed. */
  async failed({ id }: OpenReplay, fence: string, { delivery, status, delaySeconds, reasonCode, error }: FailedAttempt): Promise<void> {
    await this.database.query(FAIL, [id, fence, delivery.attempt, delaySeconds, reasonCode, error, delivery.event.id, status === 'dead']);
  }

  /** Ends a replay whose events are gone. */
  async historyGone({ id }: OpenReplay, fence: string): Promise<void> {
    await this.database.query(LOST, [id, fence]);
  }
}
