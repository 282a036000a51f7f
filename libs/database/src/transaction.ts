import type { EntityManager, QueryRunner } from 'typeorm';
import type { Connection } from './connection.js';
import { prepared, PreparedStatement } from './statement.js';
import type { Statement } from './statement.js';

type Hook = () => Promise<void>;

/** A statement that is sent together with the commit. */
export interface CommitStatement {
  readonly statement: PreparedStatement;
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

/** A part of the transaction had failed, and whoever was told of it went on as if nothing had happened: it is rolled back at its commit. */
export class TransactionAbortedError extends Error {
  constructor() {
    super('The transaction was rolled back at its commit, because a part of it had failed.');
    this.name = 'TransactionAbortedError';
  }
}

const BEGIN = prepared('BEGIN', { neverWaits: true });
const COMMIT = prepared('COMMIT');

/**
 * One open database transaction, passed on explicitly by the handler that opened it.
 *
 * @remarks Only {@link UnitOfWork} makes one. It cannot be used after its commit or rollback. Statements are sent when they are given,
 * BEGIN together with the first and COMMIT together with the last ones, so that few of them cost a round trip of their own.
 */
export class Transaction {
  readonly #connection: Connection;
  readonly #runner: QueryRunner;
  readonly #beforeCommit: Hook[] = [];
  readonly #atCommit: (CommitStatement | (() => CommitStatement))[] = [];
  readonly #afterCommit: (() => void)[] = [];
  readonly #parts = new Set<Promise<unknown>>();
  #begun: Promise<unknown> | undefined;
  #condition: Promise<unknown> | undefined;
  #doomed = false;
  #open = true;

  /** @param runner - holds the connection */
  constructor(connection: Connection, runner: QueryRunner) {
    this.#connection = connection;
    this.#runner = runner;
  }

  /** False from the commit or rollback on. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** True once the server has been told of it. For UnitOfWork only. */
  get hasBegun(): boolean {
    return this.#begun !== undefined;
  }

  /**
   * TypeORM's manager bound to this transaction.
   *
   * @throws TransactionClosedError when it is over
   */
  get manager(): EntityManager {
    this.begin();
    // TypeORM writes to the connection by itself, and must not overtake what waits here.
    this.#connection.flush();
    return this.#runner.manager;
  }

  /**
   * Runs one statement and gives its rows.
   *
   * @throws TransactionClosedError when the transaction is over
   */
  async query<R extends object = Record<string, unknown>>(statement: Statement, parameters: readonly unknown[] = []): Promise<R[]> {
    const first = this.#begun === undefined;
    const condition = this.#condition;
    // One that waits for a lock would keep its caller from learning that it is not needed.
    if (condition !== undefined && !(statement instanceof PreparedStatement && statement.neverWaits)) await condition;
    this.begin();
    const answer = this.#connection.send(statement, parameters);
    // What BEGIN itself met counts more than what the statement met because of it.
    if (first) await Promise.all([this.#begun, answer]);
    if (condition !== undefined) await Promise.all([condition, answer]);
    return (await answer).rows as R[];
  }

  /**
   * Makes everything that follows depend on something that is not known yet: its callers get answers only once `condition` is met, and its
   * error when it is not. Statements that never wait are sent meanwhile.
   */
  require(condition: Promise<unknown>): void {
    this.requireOpen();
    // Whoever sends a statement is told; until then it is nobody's.
    condition.catch(() => undefined);
    this.#condition = condition;
    this.#connection.bePatient();
  }

  /**
   * Runs work that is a part of this: the commit waits for it, and fails when it failed, whoever caught its error, because the half of it
   * that was done must not be committed. For UnitOfWork only.
   */
  async include<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    let part: Promise<T> | undefined;
    try {
      this.#parts.add((part = work(this)));
      return await part;
    } catch (error) {
      this.#doomed = true;
      throw error;
    } finally {
      if (part !== undefined) this.#parts.delete(part);
    }
  }

  /** Adds work to do as the last thing before the commit, inside the transaction. */
  beforeCommit(hook: Hook): void {
    this.requireOpen();
    this.#beforeCommit.push(hook);
  }

  /**
   * Adds a statement to the commit: all of them travel with it, so that they cost no waiting of their own. Its rows are not read.
   *
   * @param statement - or what makes it, called right before it is sent. They are sent in the order in which they were added, after
   * everything that {@link beforeCommit} added; one that fails rolls all back
   */
  atCommit(statement: CommitStatement | (() => CommitStatement)): void {
    this.requireOpen();
    this.#atCommit.push(statement);
  }

  /** Adds a hint to give after the commit; it must not fail, and nothing may depend on it. */
  afterCommit(hook: () => void): void {
    this.requireOpen();
    this.#afterCommit.push(hook);
  }

  /** Does what was asked for by the end, and commits. For UnitOfWork only. */
  async commit(): Promise<void> {
    await this.#condition;
    while (this.#parts.size > 0) await Promise.allSettled(this.#parts);
    // A hook may add another one.
    for (let hook = this.#beforeCommit.shift(); hook !== undefined; hook = this.#beforeCommit.shift()) await hook();
    if (this.#doomed) throw new TransactionAbortedError();
    const last = this.#atCommit.map((added) => (typeof added === 'function' ? added() : added));
    if (last.length === 0 && this.#begun === undefined) return;
    this.begin();
    // What comes from here on would be sent after the COMMIT, and belong to nothing.
    this.#open = false;
    const answers = last.map(({ statement, values }) => this.#connection.send(statement, values, false));
    const committed = this.#connection.send(COMMIT, [], false);
    this.#connection.flush();
    const [begun, commit, ...outcomes] = await Promise.allSettled([this.#begun, committed, ...answers]);
    if (begun.status === 'rejected') throw begun.reason;
    for (const [n, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') throw last[n]?.mapError?.(outcome.reason) ?? outcome.reason;
    }
    if (commit.status === 'rejected') throw commit.reason;
    if (commit.value.command !== 'COMMIT') throw new TransactionAbortedError();
  }

  /** Ends the use of this object. For UnitOfWork only. */
  close(committed: boolean): void {
    this.#open = false;
    // Or it would be sent after the ROLLBACK, perhaps when others have the connection.
    if (!committed) this.#connection.drop(new TransactionClosedError());
    if (committed) for (const hook of this.#afterCommit) hook();
  }

  /** Sends BEGIN, once; its answer is awaited with that of the first statement. */
  private begin(): void {
    this.requireOpen();
    if (this.#begun !== undefined) return;
    this.#begun = this.#connection.send(BEGIN, [], false);
    // Whoever awaits it is told; until then it is nobody's.
    this.#begun.catch(() => undefined);
    // TypeORM would open one of its own for some calls; this one is its.
    (this.#runner as { isTransactionActive: boolean }).isTransactionActive = true;
  }

  private requireOpen(): void {
    if (!this.#open) throw new TransactionClosedError();
  }
}
