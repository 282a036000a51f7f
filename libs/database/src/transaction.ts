import type { Connection } from './connection.js';
import { losesConnection } from './map-database-error.js';
import type { HeldPlaces } from './row-places.js';
import { prepared } from './statement.js';
import type { PreparedStatement, Statement } from './statement.js';
import { Savepoints } from './savepoints.js';
import { StatementFailedError } from './statement-failed.error.js';
import { TransactionAbortedError, TransactionClosedError } from './transaction.errors.js';
import { TransactionScope } from './transaction-scope.js';
import type { CommitStatement } from './transaction-scope.js';

const BEGIN = prepared('BEGIN');
const COMMIT = prepared('COMMIT');

/**
 * One open database transaction, passed on explicitly by the handler that opened it.
 *
 * @remarks Only {@link UnitOfWork} makes one. It cannot be used after its commit or rollback. Statements are sent when they are given,
 * BEGIN together with the first and COMMIT together with the last ones, so that few of them cost a round trip of their own.
 */
export class Transaction {
  readonly #connection: Connection;
  readonly #whole = new TransactionScope();
  readonly #savepoints: Savepoints;
  #begun: Promise<unknown> | undefined;
  #isOpen = true;

  /** @param places - bounds how many transactions hold or wait for one row */
  constructor(
    connection: Connection,
    private readonly places: HeldPlaces,
  ) {
    this.#connection = connection;
    this.#savepoints = new Savepoints(connection, this.#whole);
  }

  /** False from the commit or rollback on. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** True once something in it failed and no savepoint has undone that: it can only be rolled back. */
  get isBroken(): boolean {
    return this.#whole.failure !== undefined || this.#savepoints.scope.failure !== undefined;
  }

  /** True once BEGIN was given to the connection. */
  get hasBegun(): boolean {
    return this.#begun !== undefined;
  }

  /**
   * Runs one statement and gives its rows.
   *
   * @throws TransactionClosedError when the transaction is over
   */
  query<R extends object = Record<string, unknown>>(statement: Statement, parameters: readonly unknown[] = []): Promise<R[]> {
    const { scope } = this.#savepoints;
    if (scope === this.#whole) return this.queryIn<R>(scope, statement, parameters);
    // Where two await a promise, the engine does not say later which code does.
    const rows = this.queryIn<R>(scope, statement, parameters, new Error());
    scope.track(rows);
    return rows;
  }

  /**
   * Runs work inside a savepoint: when it fails, everything since then is undone, also what it registered for the commit, and the transaction
   * can go on.
   *
   * @remarks One at a time. All statements that are given meanwhile are part of it, and it ends when all of them are answered. Work without
   * statements costs nothing; with statements, no round trip more unless it fails. It is run again when a prepared statement failed
   * because a migration changed its result, so it must have no effect outside of the transaction. Work that was given up and still runs can
   * write outside of its savepoint: such a transaction must be rolled back.
   * @throws SwallowedStatementError when a statement of the work failed and the work resolved nevertheless
   * @throws SavepointOpenError when one is open
   */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    this.requireOpen();
    const part = this.#savepoints.run(work);
    // The commit waits for it.
    this.#whole.track(part);
    return part;
  }

  /**
   * Runs work that is a part of this: the commit waits for it, and fails when it failed, also when its error was caught, because
   * the half of it that was done must not be committed. For UnitOfWork only.
   */
  async include<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { scope } = this.#savepoints;
    try {
      const part = work(this);
      scope.track(part);
      return await part;
    } catch (error) {
      scope.fail(error);
      throw error;
    }
  }

  /** Adds work to do as the last thing before the commit, inside the transaction. */
  beforeCommit(hook: () => Promise<void>): void {
    this.requireOpen();
    this.#savepoints.scope.beforeCommit.push(hook);
  }

  /**
   * Adds a statement to the commit: all of them travel with it, so that they cost no waiting of their own. Its rows are not read.
   *
   * @param statement - or what makes it, called right before it is sent. They are sent in the order in which they were added, after
   * everything that {@link beforeCommit} added; one that fails rolls all back
   */
  atCommit(statement: CommitStatement | (() => CommitStatement)): void {
    this.requireOpen();
    this.#savepoints.scope.atCommit.push(statement);
  }

  /** Adds a hint to give after the commit; it must not fail, and nothing may depend on it. */
  afterCommit(hook: () => void): void {
    this.requireOpen();
    this.#savepoints.scope.afterCommit.push(hook);
  }

  /**
   * Adds a statement that is sent in one write with the commit and right behind it, such as a NOTIFY. It is not a part of the commit, which it
   * cannot make fail; its outcome is ignored, and awaited by nothing.
   */
  hintAfterCommit(statement: PreparedStatement, values: readonly unknown[] = []): void {
    this.requireOpen();
    this.#savepoints.scope.hints.push({ statement, values });
  }

  /** Does what was asked for by the end, commits, and gives the hints. For UnitOfWork only. */
  async commit(): Promise<void> {
    await this.#whole.settled();
    const { beforeCommit, atCommit, afterCommit } = this.#whole;
    // A hook may add another one.
    for (let hook = beforeCommit.shift(); hook !== undefined; hook = beforeCommit.shift()) await hook();
    if (this.isBroken) throw new TransactionAbortedError(this.#whole.failure?.error);
    const statements = atCommit.map((added) => (typeof added === 'function' ? added() : added));
    if (statements.length > 0 || this.hasBegun) await this.sendCommit(statements);
    this.#isOpen = false;
    for (const hook of afterCommit) hook();
  }

  /** Ends it without a commit. For UnitOfWork only. @param error - because of which */
  async rollBack(error: unknown): Promise<void> {
    this.#isOpen = false;
    // Or they would be sent after the ROLLBACK, perhaps when others have the connection.
    this.#connection.drop(new TransactionClosedError());
    // A statement that timed out is still running, and a ROLLBACK would wait behind it; a server that is away takes none.
    if (this.hasBegun && !losesConnection(error)) await this.#connection.rollBack();
  }

  /** Sends the last statements and COMMIT in one write; nothing counts before all of it is answered. */
  private async sendCommit(statements: readonly CommitStatement[]): Promise<void> {
    this.prepare();
    // What comes from here on would be sent after the COMMIT, and belong to nothing.
    this.#isOpen = false;
    const answers = statements.map(({ statement, values, onRows }) => this.#connection.send(statement, values, onRows !== undefined));
    const committed = this.#connection.send(COMMIT, [], false);
    this.#connection.flush(this.#whole.hints);
    const [begun, commit, ...outcomes] = await Promise.allSettled([this.#begun, committed, ...answers]);
    if (begun.status === 'rejected') throw begun.reason;
    for (const [n, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') throw statements[n]?.mapError?.(outcome.reason) ?? outcome.reason;
      statements[n]?.onRows?.(outcome.value.rows);
    }
    if (commit.status === 'rejected') throw commit.reason;
    if (commit.value.command !== 'COMMIT') throw new TransactionAbortedError();
  }

  private async queryIn<R extends object>(
    scope: TransactionScope,
    statement: Statement,
    parameters: readonly unknown[],
    sender?: Error,
  ): Promise<R[]> {
    try {
      this.places.enter(statement, parameters);
      const isFirst = !this.hasBegun;
      this.prepare();
      const answer = this.#connection.send(statement, parameters);
      // What BEGIN itself met counts more than what the statement met because of it.
      if (isFirst) await Promise.all([this.#begun, answer]);
      return (await answer).rows as R[];
    } catch (error) {
      if (error instanceof StatementFailedError) error.locate(sender);
      scope.fail(error);
      throw error;
    }
  }

  /** Sends what has to come before a statement: BEGIN, whose answer is awaited with that of the first statement, and savepoints. */
  private prepare(): void {
    this.requireOpen();
    this.#begun ??= this.begin();
    this.#savepoints.prepare();
  }

  private begin(): Promise<unknown> {
    const own = this.#connection.transactionSettings;
    const begun =
      own === undefined
        ? this.#connection.send(BEGIN, [], false)
        : Promise.all([this.#connection.send(own.begin, [], false), this.#connection.send(own.settings, [], false)]);
    // The first statement awaits this promise; the empty catch only prevents an unhandled rejection.
    begun.catch(() => undefined);
    return begun;
  }

  private requireOpen(): void {
    if (!this.#isOpen) throw new TransactionClosedError();
  }
}
