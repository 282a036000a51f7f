import { databaseErrorFields } from './map-database-error.js';

// Behind a pooler in transaction mode the next statement may meet another server connection, which knows other names.
const UNKNOWN_STATEMENT_NAME = '26000';
const NAME_TAKEN = '42P05';
const FEATURE_NOT_SUPPORTED = '0A000';

/** Whether statements can be prepared under names in a pool; they can, until an error says otherwise. */
export class StatementNames {
  #areUsed = true;

  /** False once a pooler is known to stand between: then statements are sent whole. */
  get areUsed(): boolean {
    return this.#areUsed;
  }

  /** True when a statement failed only because of its name: sent again, it may succeed. Switches names off behind a pooler. */
  isFailureOfName(error: unknown): boolean {
    const { sqlState } = databaseErrorFields(error);
    if (sqlState !== UNKNOWN_STATEMENT_NAME && sqlState !== NAME_TAKEN) return isStalePlan(error);
    this.#areUsed = false;
    return true;
  }
}

/** The names under which one session of the server has prepared statements. */
export class SessionNames {
  readonly #known = new Set<string>();
  readonly #onTheWay = new Set<string>();
  readonly #uncertain = new Set<string>();

  has(name: string): boolean {
    return this.#known.has(name);
  }

  /** True while a statement is being prepared under the name: nothing may be sent under it meanwhile. */
  isOnTheWay(name: string): boolean {
    return this.#onTheWay.has(name);
  }

  /** Notes that a name is sent. @returns true when the session may have it already, so that it must be closed before */
  send(name: string): boolean {
    this.#onTheWay.add(name);
    return this.#uncertain.delete(name);
  }

  /** Notes whether the session has a name that was sent: it may be uncertain, when its statement failed before or after it was prepared. */
  settle(name: string, outcome: 'prepared' | 'uncertain' | 'skipped'): void {
    this.#onTheWay.delete(name);
    if (outcome === 'prepared') this.#known.add(name);
    if (outcome === 'uncertain') this.#uncertain.add(name);
  }

  /** Has every statement prepared anew: a migration changed what one of them gives, and perhaps what others give. */
  forget(): void {
    for (const name of this.#known) this.#uncertain.add(name);
    this.#known.clear();
  }
}

/** True when a migration changed a table under a prepared statement: prepared anew, it works. */
export function isStalePlan(error: unknown): boolean {
  const { sqlState, routine } = databaseErrorFields(error);
  // By its place in the server, because the language of messages is a setting of the server.
  return sqlState === FEATURE_NOT_SUPPORTED && routine === 'RevalidateCachedQuery';
}
