import type pg from 'pg';
import type { TransactionSettings } from './session-settings.js';
import { PreparedStatement } from './statement.js';
import type { Statement } from './statement.js';
import { StatementBatch } from './statement-batch.js';
import type { BatchedStatement, StatementResult } from './statement-batch.js';
import { StatementFailedError } from './statement-failed.error.js';
import type { SessionNames, StatementNames } from './statement-names.js';
import type { HintStatement } from './transaction-scope.js';

/** What is known of the session behind a connection. */
export interface SessionState {
  /** Whether statements are prepared under names at all. */
  readonly names: StatementNames;
  /** The names that the session has. */
  readonly sessionNames: SessionNames;
  /** What each transaction has to set, because sessions do not keep their settings. */
  readonly transactionSettings: TransactionSettings | undefined;
}

/**
 * One connection, while it is lent.
 *
 * @remarks Statements that are given in one go are sent in one go, without waiting for each other's answers; the server takes them in
 * order. When one fails, those that were sent with it and after it fail too.
 */
export class Connection {
  #waiting: BatchedStatement[] = [];
  #isScheduled = false;
  #isLost = false;

  /** @param commitsAtSync - true when what is sent commits once the server is through with all of it; false inside BEGIN and COMMIT */
  constructor(
    private readonly client: pg.PoolClient,
    private readonly session: SessionState,
    private readonly commitsAtSync: boolean,
  ) {}

  /** True once it must be closed instead of lent again. */
  get isLost(): boolean {
    return this.#isLost;
  }

  get transactionSettings(): TransactionSettings | undefined {
    return this.session.transactionSettings;
  }

  /**
   * @param givesRows - false for one that gives none, or whose rows are not read
   * @throws StatementFailedError
   */
  send(statement: Statement, values: readonly unknown[] = [], givesRows = true): Promise<StatementResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        ...this.wording(statement),
        values,
        givesRows,
        settle: (error, result) => {
          if (error === undefined) resolve(result);
          else reject(new StatementFailedError(error));
        },
      });
      this.schedule();
    });
  }

  /** @see StatementNames.isFailureOfName */
  isFailureOfName(error: unknown): boolean {
    return this.session.names.isFailureOfName(error);
  }

  /**
   * Sends what was given so far.
   *
   * @param hints - sent in one write with it and behind it, each to be carried out apart; their outcome is ignored
   */
  flush(hints: readonly HintStatement[] = []): void {
    const statements = this.#waiting;
    if (statements.length === 0) return;
    this.#waiting = [];
    StatementBatch.send(
      this.client,
      this.toBatch(statements, this.commitsAtSync),
      hints.map((hint) => this.toBatch([this.toHint(hint)], true)),
    );
  }

  /** Fails what was given and not sent yet, because it must not be sent any more. */
  drop(reason: Error): void {
    const dropped = this.#waiting;
    this.#waiting = [];
    for (const { settle } of dropped) settle(reason, { rows: [], command: '' });
  }

  /** Rolls the open transaction back; when that fails the connection is closed, and so the server rolls back. */
  async rollBack(): Promise<void> {
    await this.client.query('ROLLBACK').catch(() => {
      this.giveUp();
    });
  }

  /** Has it closed instead of lent again: its session is busy, broken, or in an open transaction. */
  giveUp(): void {
    this.#isLost = true;
  }

  private toBatch(statements: readonly BatchedStatement[], commitsAtSync: boolean): StatementBatch {
    return new StatementBatch(statements, commitsAtSync, this.session.sessionNames);
  }

  private wording(statement: Statement): Pick<BatchedStatement, 'text' | 'name'> {
    if (!(statement instanceof PreparedStatement)) return { text: statement, name: undefined };
    return { text: statement.text, name: this.session.names.areUsed ? statement.name : undefined };
  }

  private toHint({ statement, values }: HintStatement): BatchedStatement {
    return {
      ...this.wording(statement),
      values,
      givesRows: false,
      settle: (error) => {
        // Learns from it that a pooler stands between.
        if (error !== undefined) this.isFailureOfName(error);
      },
    };
  }

  private schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }
}
