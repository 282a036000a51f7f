import { KeyedPlaces, Places } from './places.js';

const MAX_WAITING_FOR_A_ROW = 100;

/**
 * Parts one pool by what its connections are taken for, so that nothing that waits for a lock takes all of them.
 *
 * @remarks A quarter of the pool, at least one connection, is left to reads and probes. What exceeds its part waits in memory, without a
 * connection.
 */
export class PoolPlaces {
  /** Transactions: all connections but that quarter. */
  readonly transactions: Places;
  /** Transactions that hold or wait for the same row: a quarter of the pool. */
  readonly rows: KeyedPlaces;
  /** Statements outside of transactions, by their text: half of the pool, because a locked table holds up all that read it. */
  readonly statements: KeyedPlaces;

  /** @param size - connections of the pool */
  constructor(size: number) {
    const quarter = atLeastOne(size / 4);
    this.transactions = new Places(atLeastOne(size - quarter));
    this.rows = new KeyedPlaces(quarter, MAX_WAITING_FOR_A_ROW);
    this.statements = new KeyedPlaces(atLeastOne(size / 2));
  }

  /** How many callers wait for a connection without standing in the queue of the pool. */
  get waiting(): number {
    return this.transactions.waiting + this.statements.waiting;
  }
}

function atLeastOne(connections: number): number {
  return Math.max(1, Math.floor(connections));
}
