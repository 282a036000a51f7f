import { Database, UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { PublishedEvent } from '../log/event-log.js';
import { BY_INDEX, byIndex } from '../tickets/by-index.js';
import { HOLD_DUE, LOCK_OVER, NOTE_RELEASED, OPEN_PAUSES, PARK_HELD, RELEASE } from './held-ticket-statements.js';
import { toTarget } from './pause-columns.js';
import type { PauseTargetRow } from './pause-columns.js';
import type { PauseInForce } from './pause-set.js';

/** A pause that the worker has to know: it is in force, or is over and may still hold tickets. */
export interface OpenPause extends PauseInForce {
  readonly id: string;
  readonly isInForce: boolean;
}

/** Holds the tickets of paused events, and lets them go after the pause. All times are the database's. */
@Injectable()
export class HeldTicketStore {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** The pauses that the worker has to know; none most of the time, by an index that is empty then. */
  async openPauses(): Promise<readonly OpenPause[]> {
    const rows = await this.database.query<PauseTargetRow & { id: string; stream: string | null; in_force: boolean }>(OPEN_PAUSES);
    return rows.map((row) => ({ id: row.id, target: toTarget(row), stream: row.stream, isInForce: row.in_force }));
  }

  /** Makes tickets of paused events with the commit of a transaction: due at the end of their pause, or at once when it has ended. */
  park(tx: Transaction, consumer: string, events: readonly PublishedEvent[]): void {
    if (events.length === 0) return;
    tx.atCommit({ statement: BY_INDEX, values: [] });
    tx.atCommit({ statement: PARK_HELD, values: [consumer, events.map(({ id }) => id), events.map(({ position }) => position)] });
  }

  /**
   * Puts tickets off that are due and paused, to the end of their pause.
   *
   * @returns how many; call again until there are none
   */
  async holdDue(consumer: string, blockingRegex: string | null): Promise<number> {
    const [row] = await this.unitOfWork.runApart((tx) => byIndex<{ n: number }>(tx, HOLD_DUE, [consumer, blockingRegex]));
    return row?.n ?? 0;
  }

  /**
   * Makes up to a thousand tickets due that a pause has held, once it is over.
   *
   * @returns how many; call again until there are none, and it is noted that the pause holds nothing any more
   */
  async release(pauseId: string): Promise<number> {
    return this.unitOfWork.runApart(async (tx) => {
      const [over] = await tx.query(LOCK_OVER, [pauseId]);
      if (over === undefined) return 0;
      const [row] = await byIndex<{ n: number }>(tx, RELEASE, [pauseId]);
      const released = row?.n ?? 0;
      if (released === 0) await byIndex(tx, NOTE_RELEASED, [pauseId]);
      return released;
    });
  }
}
