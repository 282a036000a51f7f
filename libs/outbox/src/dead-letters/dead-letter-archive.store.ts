import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { CommitHint } from '../append/commit-hint.js';
import { ARCHIVE_ORIGINAL, CORRECT, RESTORE_OF_TASK, RESTORE_THESE } from './archive-statements.js';
import type { ChangedDeadLetter, DeadLetterAddress } from './dead-letter.store.js';
import { KEEP_INDEX_ORDER } from './dead-letter-statements.js';
import { byConsumer, ticketsChanged } from './tickets-changed.js';

const FIRST = '00000000-0000-0000-0000-000000000000';

/** A corrected payload, and who gives it. */
export interface Correction {
  /** The id of the new event. */
  readonly id: string;
  /** JSON. */
  readonly data: string;
  readonly actor: string;
  readonly reason: string;
}

interface RestoredRow {
  readonly restored: readonly ChangedDeadLetter[];
  readonly last: string | null;
}

/** Brings dead letters out of the archive, and corrected ones into it. */
@Injectable()
export class DeadLetterArchiveStore {
  constructor(private readonly hint: CommitHint) {}

  /**
   * Makes archived dead letters dead again, as they were.
   *
   * @returns those that came back; not one whose event is gone, whose consumer was removed, or whose delivery goes on
   */
  async restore(tx: Transaction, ids: readonly string[]): Promise<readonly ChangedDeadLetter[]> {
    return (await this.back(tx, () => tx.query<RestoredRow>(RESTORE_THESE, [ids]))).restored;
  }

  /** Restores at most 1,000 dead letters that a task has discarded. @param after - `next` of the portion before */
  async restoreOfTask(
    tx: Transaction,
    taskId: string,
    after = FIRST,
  ): Promise<{ readonly restored: readonly ChangedDeadLetter[]; readonly next: string | undefined }> {
    const { restored, last } = await this.back(tx, () => tx.query<RestoredRow>(RESTORE_OF_TASK, [taskId, after]));
    return { restored, next: last ?? undefined };
  }

  /**
   * Puts a corrected event in the place of a dead letter, and keeps the dead letter in the archive. The ticket itself is still dead: redrive it
   * in the same transaction, before {@link correct}.
   */
  async archiveOriginal(tx: Transaction, { eventId, consumer }: DeadLetterAddress, { id, actor, reason }: Correction): Promise<void> {
    await tx.query(ARCHIVE_ORIGINAL, [eventId, consumer, actor, reason, id]);
  }

  /** Has the consumer get a corrected event in the place of a redriven one. */
  async correct(tx: Transaction, { eventId, consumer }: DeadLetterAddress, { id, data, actor, reason }: Correction): Promise<void> {
    await tx.query(CORRECT, [id, eventId, consumer, data, actor, reason]);
  }

  private async back(tx: Transaction, restore: () => Promise<readonly RestoredRow[]>): Promise<RestoredRow> {
    const [, [row]] = await Promise.all([tx.query(KEEP_INDEX_ORDER), restore()]);
    if (row === undefined) throw new Error('A statement that always answers gave no row.');
    await ticketsChanged(tx, this.hint, byConsumer(row.restored));
    return row;
  }
}
