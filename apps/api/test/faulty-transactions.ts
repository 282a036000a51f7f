import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { StatementBatch } from '../../../libs/database/src/statement-batch.js';
import type { BatchedStatement } from '../../../libs/database/src/statement-batch.js';
import type { SessionNames } from '../../../libs/database/src/statement-names.js';

const FAILING = 'SELECT 1 / 0';

/** Makes one statement of a piece of work fail in the server: the n-th, or the commit itself. Other work in the process goes on. */
export class FaultyTransactions {
  /** What the work sent, without BEGIN and notices. */
  statements: string[] = [];
  #failAt = Number.POSITIVE_INFINITY;
  readonly #work = new AsyncLocalStorage<true>();
  readonly #query = pg.Client.prototype.query;

  /** Puts itself between the system and the driver, where statements go that are sent together with others. */
  install(): void {
    const { observe } = this;
    const query = this.#query as (...args: unknown[]) => unknown;
    pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]): unknown {
      return query.apply(this, observe(args));
    } as typeof pg.Client.prototype.query;
  }

  remove(): void {
    pg.Client.prototype.query = this.#query;
  }

  /** Does something, with its n-th statement failing; Infinity only watches. */
  async during(n: number, work: () => Promise<unknown>): Promise<void> {
    this.statements = [];
    this.#failAt = n;
    await this.#work.run(true, work);
  }

  private readonly observe = (args: readonly unknown[]): unknown[] => {
    const [given, ...rest] = args;
    if (this.#work.getStore() === undefined) return [...args];
    if (given instanceof StatementBatch) {
      const { statements, commitsAtSync, names } = given as unknown as {
        readonly statements: readonly BatchedStatement[];
        readonly commitsAtSync: boolean;
        readonly names: SessionNames;
      };
      return [
        new StatementBatch(
          statements.map((one) => this.faulty(one)),
          commitsAtSync,
          names,
        ),
      ];
    }
    // What TypeORM sends.
    const [text] = args as [string];
    const { text: sent } = this.faulty({ text, name: undefined, values: [], givesRows: true, settle: () => undefined });
    return sent === text ? [...args] : [sent, ...rest.slice(1)];
  };

  private faulty(one: BatchedStatement): BatchedStatement {
    if (/^(BEGIN|ROLLBACK)$/.test(one.text) || one.text.includes('pg_notify')) return one;
    this.statements.push(one.text);
    if (this.statements.length !== this.#failAt) return one;
    // A commit that does not happen: the server ends the transaction and says so.
    return { ...one, text: one.text === 'COMMIT' ? 'ROLLBACK' : FAILING, name: undefined, values: [] };
  }
}
