import type { KeyedPlaces } from './pool/places.js';
import { PreparedStatement } from './statement.js';
import type { Statement } from './statement.js';

const LOCKS_A_ROW = /^\s*SELECT\b[\s\S]*\bFOR (?:NO KEY )?UPDATE\s*$/i;

/** All places of a row are taken: the transaction gives its connection back, waits for a place, and runs again. */
export class NoPlaceError extends Error {
  constructor(readonly row: string) {
    super('As many transactions as may hold or wait for this row do so.');
    this.name = 'NoPlaceError';
  }
}

/** The rows of which one transaction has places. */
export class HeldPlaces {
  readonly #held = new Set<string>();

  constructor(private readonly all: KeyedPlaces) {}

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

  /**
   * Waits for a place of a row, and keeps it for the next run. Called without a connection.
   *
   * @throws NoPlaceInTimeError when too many wait already, or when none is free within the limit
   */
  async waitFor(row: string, limitMs: number): Promise<void> {
    await this.all.wait(row, limitMs);
    this.#held.add(row);
  }

  /** Called when the run is over. */
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
