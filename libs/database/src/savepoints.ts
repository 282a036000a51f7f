import type { Connection } from './connection.js';
import { prepared } from './statement.js';
import { SavepointOpenError, SwallowedStatementError } from './transaction.errors.js';
import { TransactionScope } from './transaction-scope.js';

// A migration changed what prepared statements give, or a pooler has forgotten them: neither is the fault of the work.
const MAX_RUNS = 2;

const SAVEPOINT = prepared('SAVEPOINT part');
const RELEASE = prepared('RELEASE SAVEPOINT part');
const ROLLBACK_TO = prepared('ROLLBACK TO SAVEPOINT part');

/** The savepoints of one transaction, one after the other. */
export class Savepoints {
  #part: TransactionScope | undefined;
  /** The answer to SAVEPOINT, once it was sent. */
  #opened: Promise<unknown> | undefined;
  #toRelease = false;

  constructor(
    private readonly connection: Connection,
    private readonly whole: TransactionScope,
  ) {}

  /** What statements and hooks belong to at the moment. */
  get scope(): TransactionScope {
    return this.#part ?? this.whole;
  }

  /** Sends what has to come before the next statement: so that savepoints cost no round trip of their own. */
  prepare(): void {
    if (this.#toRelease) {
      this.#toRelease = false;
      this.connection.send(RELEASE, [], false).catch((error: unknown) => {
        this.whole.fail(error);
      });
    }
    if (this.#part === undefined || this.#opened !== undefined) return;
    this.#opened = this.connection.send(SAVEPOINT, [], false);
    // The statement behind it fails with the same error.
    this.#opened.catch(() => undefined);
  }

  /** @see Transaction.savepoint */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#part !== undefined) throw new SavepointOpenError();
    for (let run = 1; ; run += 1) {
      const part = new TransactionScope();
      try {
        return await this.runIn(part, work);
      } catch (error) {
        const isOfName = part.failure !== undefined && this.connection.isFailureOfName(part.failure.error);
        if (run === MAX_RUNS || !isOfName || this.whole.failure !== undefined) throw error;
      }
    }
  }

  private async runIn<T>(part: TransactionScope, work: () => Promise<T>): Promise<T> {
    this.#part = part;
    this.#opened = undefined;
    try {
      const result = await this.complete(part, work);
      this.whole.adopt(part);
      return result;
    } catch (error) {
      await part.settled();
      await this.undo();
      throw error;
    } finally {
      this.#part = undefined;
    }
  }

  private async complete<T>(part: TransactionScope, work: () => Promise<T>): Promise<T> {
    const result = await work();
    await part.settled();
    if (part.failure !== undefined) throw new SwallowedStatementError(part.failure.error);
    this.#toRelease = this.#opened !== undefined;
    return result;
  }

  private async undo(): Promise<void> {
    if (this.#opened === undefined) return;
    try {
      // When something before it failed there is no savepoint, and nothing that could be saved.
      await this.#opened;
      await this.connection.send(ROLLBACK_TO, [], false);
      this.#toRelease = true;
    } catch (error) {
      this.whole.fail(error);
    }
  }
}
