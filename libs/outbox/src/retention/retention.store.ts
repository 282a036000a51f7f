import { UnitOfWork } from '#zakops/database';
import type { RetentionContributor } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { LogReaders } from '../log/log-readers.js';
import {
  BY_INDEX_ORDER,
  MOST_ROWS,
  MOST_TICKETS,
  PURGE_DELIVERED,
  PURGE_EVENTS,
  PURGE_REMOVED,
  sweepStatement,
} from './retention-statements.js';
import type { SweptTable } from './retention-statements.js';

/** A place in a table: the values of its primary key. */
export type SweepKey = readonly (string | number)[];

/** The outcome of one portion of a sweep. */
export interface SweptPortion {
  readonly removed: number;
  readonly seen: number;
  /** Null when nothing was seen. */
  readonly last: SweepKey | null;
}

/** Removes old rows: one portion and one transaction a call. All times are the database's. */
@Injectable()
export class RetentionStore {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly readers: LogReaders,
  ) {}

  /** Delivered tickets. @returns true while there may be more */
  async purgeDelivered(days: number): Promise<boolean> {
    return (await this.count(PURGE_DELIVERED, [days, MOST_ROWS])) === MOST_ROWS;
  }

  /** Tickets of removed consumers, and their attempts. @returns true while there may be more */
  async purgeRemoved(): Promise<boolean> {
    return (await this.count(PURGE_REMOVED, [MOST_TICKETS])) > 0;
  }

  /** Events and their positions, from the start of the log on. @returns true while there may be more */
  async purgeEvents(days: number): Promise<boolean> {
    return (await this.count(PURGE_EVENTS, [days, MOST_ROWS])) > 0;
  }

  /** Old rows of what another module keeps. @returns true while there may be more */
  async purgeContributed({ purge, days }: RetentionContributor): Promise<boolean> {
    return (await this.count(purge, [days, MOST_ROWS])) === MOST_ROWS;
  }

  /** Claims of readers of the log that ended long ago. */
  forgetReaders(): Promise<void> {
    return this.unitOfWork.runApart((tx) => this.readers.forgetEnded(tx));
  }

  /** Looks through one portion of a table after a key. */
  async sweep(table: SweptTable, days: number, after: SweepKey): Promise<SweptPortion> {
    const [row] = await this.byIndex<SweptPortion>(sweepStatement(table), [days, MOST_ROWS, ...after]);
    return row ?? { removed: 0, seen: 0, last: null };
  }

  private async count(sql: string, values: readonly unknown[]): Promise<number> {
    const [row] = await this.byIndex<{ n: number }>(sql, values);
    return row?.n ?? 0;
  }

  private byIndex<R extends object>(sql: string, values: readonly unknown[]): Promise<readonly R[]> {
    return this.unitOfWork.runApart(async (tx) => {
      const [, rows] = await Promise.all([tx.query(BY_INDEX_ORDER), tx.query<R>(sql, values)]);
      return rows;
    });
  }
}
