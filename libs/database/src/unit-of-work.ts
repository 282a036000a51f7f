import { AsyncLocalStorage } from 'node:async_hooks';
import { tracing } from '#zakops/tracing';
import type { Span } from '#zakops/tracing';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRetryableConflict, mapErrorOfWork } from './map-database-error.js';
import { ConnectionPool } from './pool/connection-pool.js';
import { PLACE_WAIT_MS } from './pool/places.js';
import type { Lane } from './pool/places.js';
import { HeldPlaces, NoPlaceError } from './row-places.js';
import { Transaction } from './transaction.js';

const MAX_RUNS = 3;
const PAUSE_MS = 10;

type Work<T> = (tx: Transaction) => Promise<T>;

/**
 * Opens transactions.
 *
 * @remarks Who is a part of whose transaction: the handler of a command calls {@link run}, which joins the transaction of a call with an
 * idempotency key ({@link runJoined}). Everything else calls {@link runApart}, and a linter rule says so: a loop, a timer or a cache may outlive
 * the call that started it. `Database.query` never joins, so what a transaction has written is read by `tx.query`.
 * @see docs/adr/0008-idempotent-calls.md
 */
@Injectable()
export class UnitOfWork {
  /** The transaction of the call that is being carried out. Private, so that nothing but {@link run} can join it. */
  readonly #ofCall = new AsyncLocalStorage<Transaction | undefined>();

  constructor(private readonly pool: ConnectionPool) {}

  /**
   * Runs the work of a command in one transaction: commits when it returns, rolls everything back when it throws. Inside {@link runJoined}
   * it is a part of that transaction and shares its end.
   *
   * @remarks Isolation is READ COMMITTED; take row locks for what must not change. On a serialization failure or a deadlock the
   * whole of `work` is run again, three times at most, so it must have no effect outside the transaction.
   * @throws DatabaseUnavailableError when none of the connections for changes is free within 5 s (retryable)
   */
  async run<T>(work: Work<T>): Promise<T> {
    const joined = this.joined();
    return joined === undefined ? this.runAgainOnConflict(work, this.pool.places.transactions) : joined.include(work);
  }

  /**
   * As {@link run}, in a transaction that every `run` inside `work` joins: parts that do not know each other are committed together or not
   * at all.
   */
  async runJoined<T>(work: Work<T>): Promise<T> {
    return this.runAgainOnConflict((tx) => this.#ofCall.run(tx, () => work(tx)), this.pool.places.transactions);
  }

  /**
   * As {@link run}, but never a part of another transaction: for everything that is no command, and for what must be kept although the call
   * fails, such as a wrong password.
   *
   * @remarks Inside {@link runJoined} it takes a connection beside that of the joined one.
   */
  async runApart<T>(work: Work<T>): Promise<T> {
    // A call that holds a connection for changes takes one of those for reads: waiting for a second one, calls would block each other.
    const lane = this.joined() === undefined ? this.pool.places.transactions : undefined;
    return this.#ofCall.run(undefined, () => this.runAgainOnConflict(work, lane));
  }

  /** As {@link runApart}, for a long look that changes nothing: it takes one of the connections that are kept for reads. */
  async runReading<T>(work: Work<T>): Promise<T> {
    return this.#ofCall.run(undefined, () => this.runAgainOnConflict(work, undefined));
  }

  private joined(): Transaction | undefined {
    const tx = this.#ofCall.getStore();
    return tx?.isOpen === true ? tx : undefined;
  }

  /** @param lane - bounds the connections; undefined for one of those that are kept for reads */
  private async runAgainOnConflict<T>(work: Work<T>, lane: Lane | undefined): Promise<T> {
    for (let run = 1; ; run += 1) {
      try {
        return await this.runWhenRowsAreFree(work, lane);
      } catch (error) {
        const isConflict = isRetryableConflict(error);
        if (run === MAX_RUNS || !(isConflict || this.pool.names.isFailureOfName(error))) throw mapErrorOfWork(error);
        // The winner needs a moment for the row that it waited for, or both meet in the same deadlock again.
        if (isConflict) await sleep(PAUSE_MS * (run + Math.random()));
      }
    }
  }

  /** When all places of a row are taken, gives the connection back, waits for a place, and begins again; together no longer than for a connection. */
  private async runWhenRowsAreFree<T>(work: Work<T>, lane: Lane | undefined): Promise<T> {
    const waitsUntil = performance.now() + PLACE_WAIT_MS;
    const held = new HeldPlaces(this.pool.places.rows);
    const once = (span?: Span): Promise<T> => this.runOnce(work, held, lane, waitsUntil - performance.now(), span);
    try {
      for (;;) {
        try {
          return await (tracing.on ? this.pool.spans.ofTransaction(once) : once());
        } catch (error) {
          if (!(error instanceof NoPlaceError)) throw error;
          held.leave();
          await held.waitFor(error.row, waitsUntil - performance.now());
        }
      }
    } finally {
      held.leave();
    }
  }

  private runOnce<T>(work: Work<T>, held: HeldPlaces, lane: Lane | undefined, waitMs: number, span: Span | undefined): Promise<T> {
    return this.pool.lend('transaction', lane, waitMs, async (connection) => {
      const tx = new Transaction(connection, held);
      try {
        const result = await work(tx);
        span?.event('commit');
        await tx.commit();
        return result;
      } catch (error) {
        await tx.rollBack(error);
        throw error;
      }
    });
  }
}
