import type pg from 'pg';
import { PreparedStatement } from './statement.js';
import type { Statement } from './statement.js';
import { StatementBatch } from './statement-batch.js';
import type { BatchedStatement, StatementResult } from './statement-batch.js';
import { StatementFailedError } from './statement-failed.error.js';
import { namesStatements } from './statement-naming.js';

/**
 * One connection, as long as it is ours.
 *
 * @remarks Statements that are given in one go are sent in one go, without waiting for each other's answers; the server takes them in
 * order. When one fails, those that were sent with it and after it fail too.
 */
export class Connection {
  #waiting: BatchedStatement[] = [];
  #isScheduled = false;
  #isPatient = false;

  /** @param pool - what it is one of: prepared statements work in all of its connections or in none */
  constructor(
    private readonly client: pg.ClientBase,
    private readonly pool: object,
  ) {}

  /**
   * @param givesRows - false for one that gives none, or whose rows nobody reads
   * @throws StatementFailedError
   */
  send(statement: Statement, values: readonly unknown[] = [], givesRows = true): Promise<StatementResult> {
    const isPrepared = statement instanceof PreparedStatement;
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        text: isPrepared ? statement.text : statement,
        name: isPrepared && namesStatements(this.pool) ? statement.name : undefined,
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

  /** Sends what was given so far. */
  flush(): void {
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    this.client.query(new StatementBatch(batch));
  }

  /** Fails what was given and not sent yet, because it must not be sent any more. */
  drop(reason: Error): void {
    const dropped = this.#waiting;
    this.#waiting = [];
    for (const { settle } of dropped) settle(reason, { rows: [], command: '' });
  }

  /** From now on, lets others add to a batch during the whole turn of the event loop. */
  bePatient(): void {
    this.#isPatient = true;
  }

  private schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      if (this.#isPatient) setImmediate(this.sendScheduled);
      else this.sendScheduled();
    });
  }

  private readonly sendScheduled = (): void => {
    this.#isScheduled = false;
    this.flush();
  };
}
