import type { EntityManager } from 'typeorm';

type Hook = () => Promise<void>;

/** A statement that is sent together with the commit. */
export interface CommitStatement {
  /** One statement whose text is always the same, so that it is planned once. */
  readonly text: string;
  readonly values: readonly unknown[];
  /** Turns the database's error into one of the caller's; by default it passes unchanged. */
  readonly mapError?: (error: unknown) => unknown;
}

/** Something was written through a transaction that is over: a defect of the caller. */
export class TransactionClosedError extends Error {
  constructor() {
    super('This transaction is over; nothing can be written through it.');
    this.name = 'TransactionClosedError';
  }
}

/**
 * One open database transaction, passed on explicitly by the handler that opened it.
 *
 * @remarks Only {@link UnitOfWork} makes one. It cannot be used after its commit or rollback.
 */
export class Transaction {
  readonly #manager: EntityManager;
  readonly #beforeCommit: Hook[] = [];
  readonly #afterCommit: (() => void)[] = [];
  #open = true;

  constructor(manager: EntityManager) {
    this.#manager = manager;
  }

  /** False after commit or rollback. */
  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * TypeORM's manager bound to this transaction.
   *
   * @throws TransactionClosedError when it is over
   */
  get manager(): EntityManager {
    if (!this.#open) throw new TransactionClosedError();
    return this.#manager;
  }

  /** Runs one statement and gives its rows; for `UPDATE` and `DELETE` the statement must have a `RETURNING` in a CTE. */
  async query<R = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    return this.manager.query<R[]>(sql, [...parameters]);
  }

  /** Adds work to do as the last thing before the commit, inside the transaction. */
  beforeCommit(hook: Hook): void {
    if (!this.#open) throw new TransactionClosedError();
    this.#beforeCommit.push(hook);
  }

  /**
   * Adds a statement to the commit: all of them travel with it, so that they cost no waiting of their own. Its rows are not read.
   *
   * @remarks In the order in which they were added, after everything that {@link beforeCommit} added. One that fails rolls all back.
   */
  atCommit(statement: CommitStatement): void {
    if (!this.#open) throw new TransactionClosedError();
    this.#beforeCommit.push(async () => {
      await this.query(statement.text, statement.values).catch((error: unknown) => {
        throw statement.mapError?.(error) ?? error;
      });
    });
  }

  /** Adds a hint to give after the commit; it must not fail, and nothing may depend on it. */
  afterCommit(hook: () => void): void {
    if (!this.#open) throw new TransactionClosedError();
    this.#afterCommit.push(hook);
  }

  /** Runs what was added by {@link beforeCommit}, in order. For UnitOfWork only. */
  async runBeforeCommit(): Promise<void> {
    // A hook may add another one.
    for (let hook = this.#beforeCommit.shift(); hook !== undefined; hook = this.#beforeCommit.shift()) await hook();
  }

  /** Ends the use of this object. For UnitOfWork only. */
  close(committed: boolean): void {
    this.#open = false;
    if (committed) for (const hook of this.#afterCommit) hook();
  }
}
