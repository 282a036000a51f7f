import { Database, prepared, databaseErrorFields } from '#zakops/database';
import type { CommitStatement, Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { CursorMovedError } from '../tickets/delivery.errors.js';

const DIVISION_BY_ZERO = '22012';

/** Where a consumer stands, as its worker knows it. */
export interface Cursor {
  /** Everything up to this position was delivered or has a ticket. */
  readonly position: number;
  /** Counts changes of its tickets by others; int8 as text. */
  readonly changes: string;
  /** Where the row lies, so that it is found without a look at every older version of it. */
  readonly tid: string;
  /** False when no ticket of the consumer is waiting, failed or dead. */
  readonly hasTickets: boolean;
}

// All of the conditions are one look at one row, and the row is locked from then on. Without that row the division fails, and with it the
// commit that this statement travels with.
const AT = `ctid = $4::tid AND consumer = $1 AND fence = $2 AND position = $3 AND changes = $5`;

const MOVE = prepared(`
  WITH moved AS (
    UPDATE zakops.consumer_progress
       SET position = $6, delivered = delivered + $7, in_hand = NULL,
           last_delivered_at = CASE WHEN $7::int > 0 THEN now() ELSE last_delivered_at END
     WHERE ${AT}
    RETURNING ctid::text AS tid
  )
  SELECT (SELECT tid FROM moved) AS tid, 1 / (SELECT count(*) FROM moved) AS moved`);

// It does not wait for the disk: a mark that a crash of the server loses blames nobody.
const HOLD = prepared(`
  WITH held AS (
    UPDATE zakops.consumer_progress SET position = $6::bigint, in_hand = $6::bigint + 1
     WHERE ${AT} AND set_config('synchronous_commit', 'off', true) IS NOT NULL
    RETURNING ctid::text AS tid
  )
  SELECT tid FROM held`);

const LOAD = prepared(`
  SELECT p.position, p.changes, p.ctid::text AS tid,
         EXISTS (SELECT FROM zakops.outbox_tickets t WHERE t.consumer = $1 AND t.status <> 'delivered') AS "hasTickets"
    FROM zakops.consumer_progress p
   WHERE p.consumer = $1 AND p.fence = $2 AND p.state = 'active'`);

/** Where a cursor goes. */
export interface CursorMove {
  readonly consumer: string;
  readonly fence: string;
  readonly position: number;
  /** Events that were delivered on the way. */
  readonly delivered: number;
}

/** Reads and moves cursors: the rows of `zakops.consumer_progress`. */
@Injectable()
export class CursorStore {
  constructor(private readonly database: Database) {}

  /** Where a consumer stands; undefined when its row is not this worker's. */
  async load(consumer: string, fence: string): Promise<Cursor | undefined> {
    const [row] = await this.database.query<Omit<Cursor, 'position'> & { position: string }>(LOAD, [consumer, fence]);
    return row === undefined ? undefined : { ...row, position: Number(row.position) };
  }

  /**
   * Moves the cursor with the commit of a transaction. With the same position it only checks and locks the row.
   *
   * @param cursor - as this worker knows it
   * @param onMoved - called with the cursor as it is after the commit
   * @throws CursorMovedError from the commit, when the row is not as `cursor` says; then nothing is committed
   */
  move(tx: Transaction, { consumer, fence, position, delivered }: CursorMove, cursor: Cursor, onMoved: (cursor: Cursor) => void): void {
    const statement: CommitStatement = {
      statement: MOVE,
      values: [consumer, fence, cursor.position, cursor.tid, cursor.changes, position, delivered],
      mapError: (error) => (databaseErrorFields(error).sqlState === DIVISION_BY_ZERO ? new CursorMovedError(consumer) : error),
      onRows: (rows) => {
        const [row] = rows as readonly { tid: string }[];
        if (row !== undefined) onMoved({ ...cursor, position, tid: row.tid });
      },
    };
    tx.atCommit(statement);
  }

  /**
   * Notes that the event after `position` is in the consumer's hand, so that a crash is known to be its fault.
   *
   * @returns the cursor, which stands right before that event
   * @throws CursorMovedError when the row is not as `cursor` says
   */
  async hold(consumer: string, fence: string, cursor: Cursor, position: number): Promise<Cursor> {
    const values = [consumer, fence, cursor.position, cursor.tid, cursor.changes, position];
    const [row] = await this.database.query<{ tid: string }>(HOLD, values);
    if (row === undefined) throw new CursorMovedError(consumer);
    return { ...cursor, position, tid: row.tid };
  }
}
