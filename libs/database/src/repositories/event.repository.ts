import type { StoredEvent } from '#zakops/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '../database.js';
import { EVENT_COLUMNS, toStoredEvent } from './event-row.js';
import type { EventRow } from './event-row.js';

/** Reads single events by id, for all modules of a process. */
@Injectable()
export class EventRepository {
  constructor(private readonly database: Database) {}

  /** One event by its id, also when it is not published yet; undefined when there is none. */
  async find(id: string): Promise<StoredEvent | undefined> {
    const [row] = await this.database.query<EventRow>(
      `SELECT l.position, ${EVENT_COLUMNS} FROM zakops.events e LEFT JOIN zakops.event_log l ON l.event_id = e.id WHERE e.id = $1`,
      [id],
    );
    return row === undefined ? undefined : toStoredEvent(row);
  }

  /** The position of an event; undefined when it is not published, or not known at all. */
  async positionOf(id: string): Promise<number | undefined> {
    const [row] = await this.database.query<{ position: string }>('SELECT position FROM zakops.event_log WHERE event_id = $1', [id]);
    return row === undefined ? undefined : Number(row.position);
  }
}
