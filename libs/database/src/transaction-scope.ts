import type { PreparedStatement } from './statement.js';

/** A statement that is sent together with the commit. */
export interface CommitStatement {
  readonly statement: PreparedStatement;
  readonly values: readonly unknown[];
  /** Turns the database's error into one of the caller's; by default it passes unchanged. */
  readonly mapError?: (error: unknown) => unknown;
  /** Called with its rows when all went well, right before the commit's answer counts; without it no rows are sent. */
  readonly onRows?: (rows: readonly object[]) => void;
}

/** A statement whose outcome is ignored. */
export interface HintStatement {
  readonly statement: PreparedStatement;
  readonly values: readonly unknown[];
}

/** What was asked for and done within a transaction, or since a savepoint of it. */
export class TransactionScope {
  readonly beforeCommit: (() => Promise<void>)[] = [];
  readonly atCommit: (CommitStatement | (() => CommitStatement))[] = [];
  readonly afterCommit: (() => void)[] = [];
  readonly hints: HintStatement[] = [];
  readonly #pending = new Set<Promise<unknown>>();
  #failure: { readonly error: unknown } | undefined;

  /** The first failure, wrapped because anything can be thrown; undefined while there is none. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Has {@link settled} wait for something; its failure is no unhandled one. */
  track(work: Promise<unknown>): void {
    this.#pending.add(work);
    const done = (): void => void this.#pending.delete(work);
    work.then(done, done);
  }

  /** Resolves once nothing is under way. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  /** Takes over what a savepoint asked for, which from now on shares the fate of this. */
  adopt(part: TransactionScope): void {
    this.beforeCommit.push(...part.beforeCommit);
    this.atCommit.push(...part.atCommit);
    this.afterCommit.push(...part.afterCommit);
    this.hints.push(...part.hints);
  }
}
