import { DatabaseUnavailableError } from './database.errors.js';
import { PreparedStatement } from './statement.js';
import type { Statement } from './statement.js';

/** The part of a pool whose connections may hold or wait for one row. */
const SHARE = 4;
const MAX_WAITING = 100;

/** How long a call waits for its place, without a connection; as long as it would wait for a connection. */
export const PLACE_WAIT_MS = 5_000;

const LOCKS_A_ROW = /^\s*SELECT\b[\s\S]*\bFOR (?:NO KEY )?UPDATE\s*$/i;

/** All places of a row are taken: the transaction gives its connection back, waits for a place, and runs again. */
export class NoPlaceError extends Error {
  constructor(readonly row: string) {
    super('As many transactions as may hold or wait for this row do so.');
    this.name = 'NoPlaceError';
  }
}

interface Row {
  taken: number;
  readonly waiting: (() => void)[];
}

/**
 * Bounds how many connections of a pool hold or wait for one row, so that a row that is locked for long does not take all of them.
 *
 * @remarks Who finds no place waits in memory, first come, first served.
 */
export class RowPlaces {
  readonly #rows = new Map<string, Row>();
  readonly #places: number;

  constructor(poolSize: number) {
    this.#places = Math.max(1, Math.floor(poolSize / SHARE));
  }

  /** Takes a place; false when none is free. */
  take(row: string): boolean {
    const { taken = 0 } = this.#rows.get(row) ?? {};
    if (taken >= this.#places) return false;
    this.rowOf(row).taken += 1;
    return true;
  }

  /** Gives a place back, or on to whoever waits for it longest. */
  giveBack(row: string): void {
    const state = this.#rows.get(row);
    if (state === undefined) return;
    const next = state.waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    state.taken -= 1;
    if (state.taken === 0) this.#rows.delete(row);
  }

  /**
   * Waits for a place and takes it.
   *
   * @throws DatabaseUnavailableError at once when too many wait already, or when none is free within the limit
   */
  async wait(row: string, limitMs: number): Promise<void> {
    if (this.take(row)) return;
    const { waiting } = this.rowOf(row);
    if (waiting.length >= MAX_WAITING || limitMs <= 0) throw tooMany();
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(turn), 1);
        reject(tooMany());
      }, limitMs);
      waiting.push(turn);
    });
  }

  private rowOf(row: string): Row {
    let state = this.#rows.get(row);
    if (state === undefined) this.#rows.set(row, (state = { taken: 0, waiting: [] }));
    return state;
  }
}

// By pool: whoever makes a UnitOfWork by hand shares the places of its pool.
const places = new WeakMap<object, RowPlaces>();

/** The places of a pool. */
export function placesOf(pool: object, poolSize: number): RowPlaces {
  let all = places.get(pool);
  if (all === undefined) places.set(pool, (all = new RowPlaces(poolSize)));
  return all;
}

/** The rows that one run of a transaction has places of. */
export class HeldPlaces {
  readonly #held = new Set<string>();

  /** @param row - one whose place is taken already */
  constructor(
    private readonly all: RowPlaces,
    row?: string,
  ) {
    if (row !== undefined) this.#held.add(row);
  }

  /**
   * Called before a statement is sent.
   *
   * @throws NoPlaceError when it locks a row whose places are all taken
   */
  enter(statement: Statement, values: readonly unknown[]): void {
    const text = statement instanceof PreparedStatement ? statement.text : statement;
    if (!locksARow(text)) return;
    const row = `${text}\0${JSON.stringify(values)}`;
    if (this.#held.has(row)) return;
    if (!this.all.take(row)) throw new NoPlaceError(row);
    this.#held.add(row);
  }

  /** Called when the transaction is over. */
  leave(): void {
    for (const row of this.#held) this.all.giveBack(row);
    this.#held.clear();
  }
}

const known = new Map<string, boolean>();

function locksARow(text: string): boolean {
  let locks = known.get(text);
  if (locks === undefined) {
    locks = LOCKS_A_ROW.test(text);
    // Texts are constant in this system; the bound is for one that is not.
    if (known.size < 1_000) known.set(text, locks);
  }
  return locks;
}

function tooMany(): DatabaseUnavailableError {
  return new DatabaseUnavailableError(undefined, 'Too many calls wait for the same data. Try again later.');
}
