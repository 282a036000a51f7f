import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { CommitHint } from '../append/commit-hint.js';
import type { ChangedDeadLetter } from './dead-letter.store.js';
import { KEEP_INDEX_ORDER } from './dead-letter-statements.js';
import { FOLLOW, MOST_ENTRIES, UNDO } from './redriven-statements.js';
import { byConsumer, ticketsChanged } from './tickets-changed.js';

/** The place of a ticket among those of a task; int8 as text. */
export interface RedrivenPlace {
  readonly ordinal: string;
  readonly consumer: string;
}

/** What became of tickets, since the last look. */
export interface Outcomes {
  readonly delivered: number;
  readonly deadAgain: number;
  readonly discarded: number;
}

/** A look at tickets that had no outcome yet. */
export interface FollowedTickets {
  readonly outcomes: Outcomes;
  /** For each ticket whose first attempt became known, in the order of the attempts, whether it failed as it did before; 20 at most. */
  readonly first: readonly boolean[];
  /** Where the next look begins; undefined at the end. */
  readonly next: RedrivenPlace | undefined;
}

interface FollowRow {
  readonly seen: number;
  readonly outcomes: Outcomes;
  readonly first: readonly boolean[];
  readonly last: RedrivenPlace | null;
}

const START: RedrivenPlace = { ordinal: '-1', consumer: '' };
const END: RedrivenPlace = { ordinal: '9223372036854775807', consumer: '' };

/** Follows the tickets that a task has redriven, until they have an outcome. */
@Injectable()
export class RedrivenTicketStore {
  constructor(private readonly hint: CommitHint) {}

  /** Looks at the next 2,500 tickets without an outcome, and forgets those that have one now. */
  async follow(tx: Transaction, taskId: string, after: RedrivenPlace = START): Promise<FollowedTickets> {
    const [, [row]] = await Promise.all([tx.query(KEEP_INDEX_ORDER), tx.query<FollowRow>(FOLLOW, [taskId, after.ordinal, after.consumer])]);
    if (row === undefined) throw new Error('A statement that always answers gave no row.');
    return { outcomes: row.outcomes, first: row.first, next: row.seen === MOST_ENTRIES ? (row.last ?? undefined) : undefined };
  }

  /** Gives back at most 2,500 tickets that nothing has tried; the last of the log first. */
  async undo(
    tx: Transaction,
    taskId: string,
    before: RedrivenPlace = END,
  ): Promise<{ readonly changed: readonly ChangedDeadLetter[]; readonly next: RedrivenPlace | undefined }> {
    const [, [row]] = await Promise.all([
      tx.query(KEEP_INDEX_ORDER),
      tx.query<{ changed: readonly ChangedDeadLetter[]; next: RedrivenPlace | null }>(UNDO, [taskId, before.ordinal, before.consumer]),
    ]);
    if (row === undefined) throw new Error('A statement that always answers gave no row.');
    await ticketsChanged(tx, this.hint, byConsumer(row.changed));
    return { changed: row.changed, next: row.next ?? undefined };
  }
}
