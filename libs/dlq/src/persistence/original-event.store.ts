import { EVENT_COLUMNS, toStoredEvent } from '#zakops/database';
import type { EventRow, Transaction } from '#zakops/database';
import type { StoredEvent } from '#zakops/contracts';
import { Injectable } from '@nestjs/common';

const EVENT = `SELECT ${EVENT_COLUMNS}, NULL AS position FROM zakops.events e WHERE e.id = $1`;

/** Reads the events of dead letters, inside of the transaction that changes them. */
@Injectable()
export class OriginalEventStore {
  /** Undefined when retention has removed it. */
  async get(tx: Transaction, eventId: string): Promise<StoredEvent | undefined> {
    const [row] = await tx.query<EventRow>(EVENT, [eventId]);
    return row === undefined ? undefined : toStoredEvent(row);
  }
}
