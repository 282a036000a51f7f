import { Database, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { IN_FORCE, PAUSE_COLUMNS, toPause } from './pause-columns.js';
import type { PauseRow } from './pause-columns.js';
import type { Pause } from './pause.js';

/** Which pauses a list shows. */
export const PAUSE_STATES = ['in_force', 'over', 'all'] as const;

/** One of the three choices. */
export type PauseState = (typeof PAUSE_STATES)[number];

/** A pause with the number of tickets that wait for its end. */
export interface ListedPause extends Pause {
  readonly heldTickets: number;
}

/** The place of a pause in the list: the last begun first. */
export interface PauseKey {
  /** ISO 8601 with microseconds. */
  readonly startedAt: string;
  readonly id: string;
}

/** A page of pauses. */
export interface PausePage {
  readonly pauses: readonly ListedPause[];
  /** After which the next page begins; null at the end. */
  readonly next: PauseKey | null;
}

const IN_FORCE_NOW = prepared(`
  SELECT ${PAUSE_COLUMNS} FROM zakops.delivery_pauses p WHERE p.released_at IS NULL AND ${IN_FORCE} ORDER BY p.started_at, p.id`);

// A pause that is in force is not released, and those that are not released are few.
const CONDITIONS: Readonly<Record<PauseState, string>> = {
  in_force: `p.released_at IS NULL AND ${IN_FORCE}`,
  over: `NOT ${IN_FORCE}`,
  all: 'true',
};

const list = (state: PauseState): string => `
  SELECT ${PAUSE_COLUMNS}, to_char(p.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS started_at_exact,
         (SELECT count(*)::int FROM zakops.outbox_tickets t WHERE t.held_by = p.id AND t.status IN ('pending', 'failed')) AS held_tickets
    FROM zakops.delivery_pauses p
   WHERE ${CONDITIONS[state]} AND ($2::timestamptz IS NULL OR (p.started_at, p.id) < ($2::timestamptz, $3::uuid))
   ORDER BY p.started_at DESC, p.id DESC LIMIT $1`;

/** Reads pauses. */
@Injectable()
export class PauseReader {
  constructor(private readonly database: Database) {}

  /** The pauses in force, the oldest first. */
  async inForce(): Promise<readonly Pause[]> {
    return (await this.database.query<PauseRow>(IN_FORCE_NOW)).map(toPause);
  }

  /** A page of pauses, the last begun first. @throws DatabaseUnavailableError when the server cannot be reached */
  async list(state: PauseState, limit: number, after: PauseKey | undefined): Promise<PausePage> {
    const rows = await this.database.query<PauseRow & { started_at_exact: string; held_tickets: number }>(list(state), [
      limit + 1,
      after?.startedAt ?? null,
      after?.id ?? null,
    ]);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      pauses: rows.slice(0, limit).map((row) => ({ ...toPause(row), heldTickets: row.held_tickets })),
      next: last === undefined ? null : { startedAt: last.started_at_exact, id: last.id },
    };
  }
}
