import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { CommitHint } from '../append/commit-hint.js';
import type { DeadLetterFilter } from './dead-letter-filter.js';
import { AFTER_EVERY_FAILURE, changeOne, changePortion, KEEP_INDEX_ORDER, LOCK_ONE } from './dead-letter-statements.js';
import type { DeadLetterChange, DeadLetterPlace, PortionOptions } from './dead-letter-statements.js';
import { byConsumer, ticketsChanged } from './tickets-changed.js';

/** The ticket of a dead letter. */
export interface DeadLetterAddress {
  readonly eventId: string;
  readonly consumer: string;
}

/** A dead letter that was redriven, discarded or restored. */
export interface ChangedDeadLetter extends DeadLetterAddress {
  readonly id: string;
  /** The hash of the aggregate; int8 as text. */
  readonly stream: string;
}

/** A step of a walk over the dead letters. */
export interface DeadLetterPortion {
  readonly changed: readonly ChangedDeadLetter[];
  /** How many more fit and were skipped, because another session holds them or an earlier one of their aggregate. */
  readonly skipped: number;
  /** Where the next portion begins; undefined at the end. */
  readonly next: DeadLetterPlace | undefined;
}

const NOBODY = 'system:zakops';

interface PortionRow {
  readonly fitting: number;
  readonly changed: readonly ChangedDeadLetter[];
  readonly next: DeadLetterPlace | null;
}

/** Writes the two ways out of the dead letter queue: due again, or discarded. */
@Injectable()
export class DeadLetterStore {
  constructor(private readonly hint: CommitHint) {}

  /**
   * Makes the next portion of dead letters due again, with a full number of attempts.
   *
   * @remarks At most 2,500 dead letters; give each portion a transaction of its own. A walk goes aggregate by aggregate, and from old to new
   * in each, so an aggregate's events keep their order. It waits for no other session: what another one holds is skipped together with the
   * later dead letters of that aggregate, and a second walk finds it. Earlier attempts stay in `zakops.outbox_attempts`. For a task, the
   * tickets are kept in `zakops.dlq_task_entries` as they were.
   * @param after - `next` of the portion before; undefined for the first one
   */
  async redrive(
    tx: Transaction,
    filter: DeadLetterFilter,
    after?: DeadLetterPlace,
    options: Partial<PortionOptions> = {},
  ): Promise<DeadLetterPortion> {
    return this.portion(tx, 'redrive', filter, after, options);
  }

  /**
   * Moves the next portion of dead letters and their attempts to the archive, in the same walk as {@link redrive}; their events stay in the
   * log.
   *
   * @remarks A consumer that blocks on a dead letter goes on with the next event of the aggregate.
   */
  async discard(
    tx: Transaction,
    filter: DeadLetterFilter,
    after?: DeadLetterPlace,
    options: Partial<PortionOptions> = {},
  ): Promise<DeadLetterPortion> {
    return this.portion(tx, 'discard', filter, after, options);
  }

  /** Makes one dead letter due again; waits for a session that holds it. Undefined when no dead letter has this id. */
  async retryOne(tx: Transaction, id: string): Promise<ChangedDeadLetter | undefined> {
    return this.one(tx, 'redrive', id);
  }

  /**
   * Moves one dead letter to the archive; waits for a session that holds it.
   *
   * @returns undefined when no dead letter has this id
   */
  async discardOne(tx: Transaction, id: string, by: Omit<PortionOptions, 'most' | 'taskId'>): Promise<ChangedDeadLetter | undefined> {
    return this.one(tx, 'discard', id, [by.actor, by.reason ?? null]);
  }

  /** Locks one dead letter until the end of the transaction; waits for a session that holds it. Undefined when no dead letter has this id. */
  async lockOne(tx: Transaction, id: string): Promise<DeadLetterAddress | undefined> {
    const [, [found]] = await Promise.all([tx.query(KEEP_INDEX_ORDER), tx.query<DeadLetterAddress & { isDead: boolean }>(LOCK_ONE, [id])]);
    return found?.isDead === true ? found : undefined;
  }

  /**
   * The bound of a walk, for `until` of its filter: what was redriven and fails again fails after it, and is not taken twice.
   *
   * @returns ISO 8601 with microseconds, by the clock of the database
   */
  async boundOfWalk(tx: Transaction): Promise<string> {
    const [, [row]] = await Promise.all([tx.query(KEEP_INDEX_ORDER), tx.query<{ instant: string }>(AFTER_EVERY_FAILURE)]);
    if (row === undefined) throw new Error('The database gave no time.');
    return row.instant;
  }

  private async portion(
    tx: Transaction,
    change: DeadLetterChange,
    filter: DeadLetterFilter,
    after: DeadLetterPlace | undefined,
    options: Partial<PortionOptions>,
  ): Promise<DeadLetterPortion> {
    const { text, parameters } = changePortion(change, filter, after, { actor: NOBODY, reason: undefined, ...options });
    const [, [row]] = await Promise.all([tx.query(KEEP_INDEX_ORDER), tx.query<PortionRow>(text, parameters)]);
    if (row === undefined) throw new Error('A statement that always answers gave no row.');
    await ticketsChanged(tx, this.hint, byConsumer(row.changed));
    return { changed: row.changed, skipped: row.fitting - row.changed.length, next: row.next ?? undefined };
  }

  private async one(
    tx: Transaction,
    change: DeadLetterChange,
    id: string,
    notes: readonly unknown[] = [],
  ): Promise<ChangedDeadLetter | undefined> {
    const found = await this.lockOne(tx, id);
    if (found === undefined) return undefined;
    // A statement of its own: it sees the row as it is after the wait.
    const changed = await tx.query<ChangedDeadLetter>(changeOne(change), [found.eventId, found.consumer, ...notes]);
    await ticketsChanged(tx, this.hint, byConsumer(changed));
    return changed[0];
  }
}
