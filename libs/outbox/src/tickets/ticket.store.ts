import { Database, EVENT_COLUMNS, prepared, READ_MAX_BYTES, toStoredEvent } from '#zakops/database';
import type { EventRow, Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { PublishedEvent } from '../log/event-log.js';
import type { PauseSet } from '../pauses/pause-set.js';
import { BY_INDEX, byIndex } from './by-index.js';
import { BEGIN, DUE, DUE_BESIDE_PAUSES, FINISH, GIVE_BACK, PARK, PROMOTE, STREAMS } from './ticket-statements.js';
import { CursorMovedError } from './delivery.errors.js';
import type { DueTicket, FailedAttempt, StreamState, TicketOutcomes } from './ticket.js';
import { streamOf } from './ticket.js';

const EVENTS = prepared(
  `SELECT l.position, ${EVENT_COLUMNS} FROM zakops.events e JOIN zakops.event_log l ON l.event_id = e.id WHERE e.id = ANY ($1::uuid[])`,
);

interface DueRow {
  readonly event_id: string;
  readonly attempts: number;
  readonly replay_count: number;
  readonly gap: boolean;
  /** Of the consumer, in the snapshot in which its tickets were seen; int8 as text. */
  readonly changes: string;
}

/** Which tickets to take. */
export interface DueRequest {
  readonly consumer: string;
  readonly fence: string;
  /** Tickets, at least 1. */
  readonly limit: number;
  /** Of the event types whose dead tickets hold back later ones of their aggregate; null for none. */
  readonly blockingRegex: string | null;
  /** As the worker's cursor has it. */
  readonly changes: string;
  /** What they hold is left out, with what waits behind it; a ticket that this worker has marked is not. */
  readonly pauses: PauseSet;
}

/** Writes and reads the tickets of consumers. All times are the database's. */
@Injectable()
export class TicketStore {
  constructor(private readonly database: Database) {}

  /** What the tickets of a consumer say about the aggregates of some events; those without any are left out. */
  async streams(
    tx: Transaction,
    consumer: string,
    blockingRegex: string | null,
    events: readonly PublishedEvent[],
  ): Promise<ReadonlyMap<string, StreamState>> {
    const streams = new Map(events.map((event) => [streamOf(event), event]));
    const keys = [...streams.keys()];
    const found = await byIndex<{ n: number; isHeld: boolean }>(tx, STREAMS, [
      consumer,
      [...streams.values()].map(({ aggregateType }) => aggregateType),
      [...streams.values()].map(({ aggregateId }) => aggregateId),
      blockingRegex,
    ]);
    return new Map(found.map(({ n, isHeld }) => [keys[n - 1] ?? '', isHeld ? 'held' : 'gap']));
  }

  /**
   * Makes tickets with the commit of a transaction.
   *
   * @param failed - first attempts at the cursor
   * @param behind - events that wait behind another one of their aggregate
   */
  park(tx: Transaction, consumer: string, failed: readonly FailedAttempt[], behind: readonly PublishedEvent[]): void {
    if (failed.length + behind.length === 0) return;
    const failures = failed.map((attempt) => toFailure(attempt, 0));
    const waiting = [behind.map(({ id }) => id), behind.map(({ position }) => position)];
    tx.atCommit({ statement: BY_INDEX, values: [] });
    tx.atCommit({ statement: PARK, values: [consumer, JSON.stringify(failures), ...waiting] });
  }

  /**
   * Locks due tickets of a consumer until the end of the transaction, in the order of the log, each aggregate from its first ticket on.
   *
   * @remarks A ticket that another session has locked is not waited for, and holds back its aggregate.
   * @throws CursorMovedError when an operator has changed tickets since the cursor was read
   * @returns at most `limit` and READ_MAX_BYTES of payload, without what follows a ticket that is not due
   */
  async due(tx: Transaction, { consumer, fence, limit, blockingRegex, changes, pauses }: DueRequest): Promise<readonly DueTicket[]> {
    const values = [consumer, fence, limit, blockingRegex, READ_MAX_BYTES];
    const rows = pauses.holdsSome
      ? await byIndex<DueRow>(tx, DUE_BESIDE_PAUSES, [...values, pauses.patterns, pauses.streams])
      : await byIndex<DueRow>(tx, DUE, values);
    if (rows.length === 0) return [];
    // The commit would fail; the handler need not be called in vain.
    if (rows[0]?.changes !== changes) throw new CursorMovedError(consumer);
    // Apart from the locks: payload may take a while on its way.
    const events = await this.database.query<EventRow & { position: string }>(EVENTS, [rows.map((row) => row.event_id)]);
    const byId = new Map(events.map((row) => [row.id, { ...toStoredEvent(row), position: Number(row.position) }]));
    return rows.flatMap(({ event_id: id, attempts, replay_count: replay, gap }) => {
      const event = byId.get(id);
      return event === undefined ? [] : [{ delivery: { event, attempt: attempts + 1, gap }, replay }];
    });
  }

  /** Marks one ticket as in hand before its handler is called. A ticket that a crash leaves marked is blamed for the crash. */
  async begin(consumer: string, fence: string, { delivery: { event, attempt } }: DueTicket): Promise<boolean> {
    const rows = await this.database.query(BEGIN, [consumer, fence, event.id, attempt]);
    return rows.length === 1;
  }

  /** Removes the mark of {@link begin}: the attempt does not count. */
  async giveBack(consumer: string, fence: string): Promise<void> {
    await this.database.query(GIVE_BACK, [consumer, fence]);
  }

  /** Writes the outcomes of tickets with the commit, and makes due what waited behind them. */
  finish(tx: Transaction, consumer: string, blockingRegex: string | null, { delivered, failed, behind }: TicketOutcomes): void {
    const failures = failed.map((attempt) => toFailure(attempt, attempt.replay));
    const [done, waiting] = [delivered, behind].map((tickets) => tickets.map(({ delivery }) => delivery.event.id));
    tx.atCommit({ statement: BY_INDEX, values: [] });
    tx.atCommit({ statement: FINISH, values: [consumer, JSON.stringify(failures), done, waiting] });
    const events = [...delivered, ...failed].map(({ delivery }) => delivery.event);
    const ids = [events.map(({ aggregateType }) => aggregateType), events.map(({ aggregateId }) => aggregateId)];
    tx.atCommit({ statement: PROMOTE, values: [consumer, ...ids, blockingRegex] });
  }
}

function toFailure(
  { delivery, status, delaySeconds, reasonCode, error, durationMs, failure, ...attempt }: FailedAttempt,
  replay: number,
): Record<string, unknown> {
  return {
    event_id: delivery.event.id,
    ordinal: delivery.event.position,
    status,
    attempt: delivery.attempt,
    replay,
    delay: delaySeconds,
    reason_code: reasonCode,
    error,
    duration_ms: Math.round(durationMs),
    fingerprint: attempt.fingerprint,
    error_class: failure.errorClass,
    sql_state: failure.sqlState,
    table_name: failure.table,
    constraint_name: failure.constraint,
    frame: failure.frame,
    message: failure.message,
    worker: attempt.worker,
    event_trace_id: attempt.eventTraceId,
    attempt_trace_id: attempt.attemptTraceId,
  };
}
