import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { CommitHint } from '../append/commit-hint.js';
import { sqlFrom, sqlTo } from '../tickets/ticket-status.js';
import { deadTicketCondition, ENTRY_ID } from './dead-ticket-filter.js';
import type { DeadTicketFilter } from './dead-ticket-filter.js';

// Locked in one order, so that two operations at once wait for each other instead of ending in a deadlock; the later one finds
// what the earlier one left. Joined by key and not by ctid, because a row that was waited for has moved.
const CHOSEN = (condition: string, limit: string): string => `
  SELECT o.event_id, o.consumer
    FROM zakops.outbox o JOIN zakops.events e ON e.id = o.event_id
   WHERE ${condition}
   ORDER BY o.ordinal, o.consumer
   LIMIT ${limit}
     FOR UPDATE OF o`;

const LEFT = `${ENTRY_ID} AS entry_id, o.event_id, o.consumer, o.ordinal`;

const ANSWER = (changed: string): string =>
  `SELECT entry_id AS "entryId", event_id AS "eventId", consumer FROM ${changed} ORDER BY ordinal, consumer`;

const REDRIVE = (condition: string, limit: string): string => `
  WITH chosen AS MATERIALIZED (${CHOSEN(condition, limit)}
  ), redriven AS (
    UPDATE zakops.outbox o
       SET status = ${sqlTo('redrive')}, attempts = 0, replay_count = least(o.replay_count + 1, 32767), due_at = now(),
           owner = NULL, lease_until = NULL, fence = NULL, reason_code = NULL, last_error = NULL
      FROM chosen c
     WHERE o.event_id = c.event_id AND o.consumer = c.consumer AND o.status IN (${sqlFrom('redrive')})
    RETURNING ${LEFT}
  )
  ${ANSWER('redriven')}`;

const DISCARD = (condition: string, limit: string): string => `
  WITH chosen AS MATERIALIZED (${CHOSEN(condition, limit)}
  ), discarded AS (
    DELETE FROM zakops.outbox o USING chosen c
     WHERE o.event_id = c.event_id AND o.consumer = c.consumer AND o.status IN (${sqlFrom('redrive')})
    RETURNING ${LEFT}
  ), forgotten AS (
    DELETE FROM zakops.outbox_attempts a USING discarded d WHERE a.event_id = d.event_id AND a.consumer = d.consumer
  )
  ${ANSWER('discarded')}`;

/** A ticket that is dead no more. */
export interface RevivedTicket {
  /** The id that it had in the dead letter queue. */
  readonly entryId: string;
  readonly eventId: string;
  readonly consumer: string;
}

/** The ways out of the dead letter queue: delivered again, or given up. */
@Injectable()
export class Redrive {
  constructor(private readonly hint: CommitHint) {}

  /**
   * Makes dead tickets due again, with all their attempts.
   *
   * @remarks Consumers get them in the order of their positions, so an aggregate's events keep their order. What failed before stays
   * in `zakops.outbox_attempts` under the number of its replay.
   * @param limit - the most of them, the oldest; undefined for all
   * @returns the tickets that were really changed, oldest first
   */
  async redrive(tx: Transaction, filter: DeadTicketFilter, limit?: number): Promise<readonly RevivedTicket[]> {
    return this.run(tx, REDRIVE, filter, limit);
  }

  /**
   * Removes dead tickets and their attempts; their events stay in the log.
   *
   * @remarks A consumer that blocks on a dead ticket goes on with the next event of the aggregate.
   * @param limit - the most of them, the oldest; undefined for all
   * @returns the tickets that were really removed, oldest first
   */
  async discard(tx: Transaction, filter: DeadTicketFilter, limit?: number): Promise<readonly RevivedTicket[]> {
    return this.run(tx, DISCARD, filter, limit);
  }

  private async run(
    tx: Transaction,
    statement: (condition: string, limit: string) => string,
    filter: DeadTicketFilter,
    limit: number | undefined,
  ): Promise<readonly RevivedTicket[]> {
    // Null is no limit.
    const parameters: unknown[] = [limit ?? null];
    const changed = await tx.query<RevivedTicket>(statement(deadTicketCondition(filter, parameters), '$1::bigint'), parameters);
    if (changed.length > 0) {
      tx.afterCommit(() => {
        this.hint.give();
      });
    }
    return changed;
  }
}
