import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { CommitHint } from '../append/commit-hint.js';
import type { DeadTicketFilter } from './dead-ticket-filter.js';
import { AFTER_EVERY_FAILURE, changeOne, changePortion, KEEP_INDEX_ORDER, LOCK_ONE } from './redrive-statements.js';
import type { DeadTicketChange, DeadTicketPlace } from './redrive-statements.js';
import { byConsumer, ticketsChanged } from './tickets-changed.js';

/** A ticket that is dead no more. */
export interface RevivedTicket {
  /** The id that it had in the dead letter queue. */
  readonly entryId: string;
  readonly eventId: string;
  readonly consumer: string;
  /** The hash of its aggregate; int8 as text. */
  readonly stream: string;
}

/** A step of a walk over the dead tickets. */
export interface DeadTicketPortion {
  /** The tickets that were really changed. */
  readonly tickets: readonly RevivedTicket[];
  /** How many others fit and were left, because a session holds them or another one of their aggregate. */
  readonly skipped: number;
  /** Where the next portion begins; undefined at the end. */
  readonly next: DeadTicketPlace | undefined;
}

interface PortionRow {
  readonly fitting: number;
  readonly changed: readonly RevivedTicket[];
  readonly next: DeadTicketPlace | null;
}

/** The ways out of the dead letter queue: delivered again, or given up. */
@Injectable()
export class Redrive {
  constructor(private readonly hint: CommitHint) {}

  /**
   * Makes the next portion of dead tickets due again, with all their attempts.
   *
   * @remarks At most 2,500 tickets; give each portion a transaction of its own. A walk goes aggregate by aggregate and from old to new in
   * each, so an aggregate's events keep their order. It waits for no other session: what is held is skipped together with the later
   * tickets of its aggregate, and a second walk finds it. What failed before stays in `zakops.outbox_attempts` under its replay.
   * @param after - `next` of the portion before; undefined for the first one
   */
  async redrive(tx: Transaction, filter: DeadTicketFilter, after?: DeadTicketPlace): Promise<DeadTicketPortion> {
    return this.portion(tx, 'redrive', filter, after);
  }

  /**
   * Removes the next portion of dead tickets and their attempts, as {@link redrive} walks; their events stay in the log.
   *
   * @remarks A consumer that blocks on a dead ticket goes on with the next event of the aggregate.
   */
  async discard(tx: Transaction, filter: DeadTicketFilter, after?: DeadTicketPlace): Promise<DeadTicketPortion> {
    return this.portion(tx, 'discard', filter, after);
  }

  /** Makes one dead ticket due again; waits for a session that holds it. Undefined when there is no dead ticket of this id. */
  async redriveOne(tx: Transaction, entryId: string): Promise<RevivedTicket | undefined> {
    return this.one(tx, 'redrive', entryId);
  }

  /** Removes one dead ticket; waits for a session that holds it. Undefined when there is no dead ticket of this id. */
  async discardOne(tx: Transaction, entryId: string): Promise<RevivedTicket | undefined> {
    return this.one(tx, 'discard', entryId);
  }

  /**
   * The bound of a walk, for `until` of its filter: what was redriven and fails again gets a later time, and is not taken twice.
   *
   * @returns ISO 8601 with microseconds, by the clock of the database
   */
  async boundOfWalk(tx: Transaction): Promise<string> {
    const [, [row]] = await Promise.all([tx.query(KEEP_INDEX_ORDER), tx.query<{ instant: string }>(AFTER_EVERY_FAILURE)]);
    if (row === undefined) throw new Error('The database told no time.');
    return row.instant;
  }

  private async portion(
    tx: Transaction,
    change: DeadTicketChange,
    filter: DeadTicketFilter,
    after: DeadTicketPlace | undefined,
  ): Promise<DeadTicketPortion> {
    const { text, parameters } = changePortion(change, filter, after);
    const [, [row]] = await Promise.all([tx.query(KEEP_INDEX_ORDER), tx.query<PortionRow>(text, parameters)]);
    if (row === undefined) throw new Error('A statement that always answers gave no row.');
    await ticketsChanged(tx, this.hint, byConsumer(row.changed));
    return { tickets: row.changed, skipped: row.fitting - row.changed.length, next: row.next ?? undefined };
  }

  private async one(tx: Transaction, change: DeadTicketChange, entryId: string): Promise<RevivedTicket | undefined> {
    const [, [found]] = await Promise.all([
      tx.query(KEEP_INDEX_ORDER),
      tx.query<{ eventId: string; consumer: string; isDead: boolean }>(LOCK_ONE, [entryId]),
    ]);
    if (found?.isDead !== true) return undefined;
    // A statement of its own: it sees the row as it is after the wait.
    const changed = await tx.query<RevivedTicket>(changeOne(change), [found.eventId, found.consumer]);
    await ticketsChanged(tx, this.hint, byConsumer(changed));
    return changed[0];
  }
}
