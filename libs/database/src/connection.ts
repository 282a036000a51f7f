import type { Writable } from 'node:stream';
import type pg from 'pg';
import { settingsOfTransactions } from './session-settings.js';
import type { TransactionSettings } from './session-settings.js';
import { PreparedStatement } from './statement.js';
import type { Statement } from './statement.js';
import { StatementBatch } from './statement-batch.js';
import type { BatchedStatement, StatementResult } from './statement-batch.js';
import { StatementFailedError } from './statement-failed.error.js';
import { isNamingFailure, isStalePlan, namesStatements } from './statement-naming.js';
import type { HintStatement } from './transaction-scope.js';

/**
 * One connection, as long as it is ours.
 *
 * @remarks Statements that are given in one go are sent in one go, without waiting for each other's answers; the server takes them in
 * order. When one fails, those that were sent with it and after it fail too.
 */
export class Connection {
  #waiting: BatchedStatement[] = [];
  #isScheduled = false;

  /**
   * @param pool - what it is one of: prepared statements work in all of its connections or in none
   * @param commitsAtSync - true when what is sent commits once the server is through with all of it; false inside BEGIN and COMMIT
   */
  constructor(
    private readonly client: pg.ClientBase,
    private readonly pool: object,
    private readonly commitsAtSync: boolean,
  ) {}

  /**
   * @param givesRows - false for one that gives none, or whose rows nobody reads
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

  /** What each transaction has to set, when sessions behind this connection do not keep their settings. */
  get transactionSettings(): TransactionSettings | undefined {
    return settingsOfTransactions(this.pool);
  }

  /** True when the server takes nothing but the end of the transaction, or of its savepoint, as of its last answer. */
  get isInFailedTransaction(): boolean {
    return this.client.getTransactionStatus() === 'E';
  }

  /** True when a statement failed only because of the name under which it was prepared: sent again, it may succeed. */
  isFailureOfNames(error: unknown): boolean {
    return isNamingFailure(this.pool, error) || isStalePlan(error);
  }

  /**
   * Sends what was given so far.
   *
   * @param hints - sent in one write with it and behind it, each to be carried out apart; what becomes of them matters to nobody
   */
  flush(hints: readonly HintStatement[] = []): void {
    const statements = this.#waiting;
    if (statements.length === 0) return;
    this.#waiting = [];
    const { stream } = (this.client as unknown as { readonly connection: { readonly stream: Writable } }).connection;
    stream.cork();
    const batch = new StatementBatch(statements, this.commitsAtSync);
    this.client.query(batch);
    if (batch.isWritten) for (const hint of hints) this.client.query(new StatementBatch([this.toHint(hint)], true));
    stream.uncork();
  }

  /** Fails what was given and not sent yet, because it must not be sent any more. */
  drop(reason: Error): void {
    const dropped = this.#waiting;
    this.#waiting = [];
    for (const { settle } of dropped) settle(reason, { rows: [], command: '' });
  }

  private wording(statement: Statement): Pick<BatchedStatement, 'text' | 'name'> {
    if (!(statement instanceof PreparedStatement)) return { text: statement, name: undefined };
    return { text: statement.text, name: namesStatements(this.pool) ? statement.name : undefined };
  }

  private toHint({ statement, values }: HintStatement): BatchedStatement {
    return {
      ...this.wording(statement),
      values,
      givesRows: false,
      settle: (error) => {
        // Learns from it that a pooler stands between.
        if (error !== undefined) isNamingFailure(this.pool, error);
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
