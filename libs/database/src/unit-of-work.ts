import { AsyncLocalStorage } from 'node:async_hooks';
import { tracing } from '#zakops/tracing';
import type { Span } from '#zakops/tracing';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import type { QueryRunner } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.js';
import { discardConnection } from './discard-connection.js';
import { isReadOnly, isRetryableConflict, losesConnection, mapDatabaseError, mapErrorOfWork } from './map-database-error.js';
import { PLACE_WAIT_MS } from './pool/places.js';
import type { Places } from './pool/places.js';
import { acquire, noteFinished } from './pool/pool-observer.js';
import { placesOf } from './pool/pool-places.js';
import { isRetired, retireConnections } from './pool/retired-connections.js';
import { HeldPlaces, NoPlaceError } from './row-places.js';
import { isNamingFailure, isStalePlan } from './statement-naming.js';
import { traceTransaction } from './tracing/database-spans.js';
import { Transaction } from './transaction.js';

const MAX_RUNS = 3;
const PAUSE_MS = 10;

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

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /**
   * Runs the work of a command in one transaction: commits when it returns, rolls everything back when it throws. Inside {@link runJoined}
   * it is a part of that transaction and shares its end.
   *
   * @remarks Isolation is READ COMMITTED; take row locks for what must not change. On a serialization failure or a deadlock the
   * whole of `work` is run again, three times at most, so it must have no effect outside the transaction.
   * @throws DatabaseUnavailableError when none of the connections for changes is free within 5 s (retryable)
   */
  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const joined = this.joined();
    return joined === undefined ? this.runAgainOnConflict(work) : joined.include(work);
  }

  /**
   * As {@link run}, in a transaction that every `run` inside `work` joins: parts that do not know each other are committed together or not
   * at all.
   */
  async runJoined<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.runAgainOnConflict((tx) => this.#ofCall.run(tx, () => work(tx)));
  }

  /**
   * As {@link run}, but never a part of another transaction: for everything that is no command, and for what must be kept although the call
   * fails, such as a wrong password.
   *
   * @remarks Inside {@link runJoined} it takes a connection beside that of the joined one.
   */
  async runApart<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    // A call that holds a connection for changes takes one of those for reads: waiting for a second one, calls would block each other.
    const isBounded = this.joined() === undefined;
    return this.#ofCall.run(undefined, () => this.runAgainOnConflict(work, isBounded));
  }

  /** As {@link runApart}, for a long look that changes nothing: it takes one of the connections that are kept for reads. */
  async runReading<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#ofCall.run(undefined, () => this.runAgainOnConflict(work, false));
  }

  private joined(): Transaction | undefined {
    const tx = this.#ofCall.getStore();
    return tx?.isOpen === true ? tx : undefined;
  }

  private async runAgainOnConflict<T>(work: (tx: Transaction) => Promise<T>, isBounded = true): Promise<T> {
    const { rows, transactions } = placesOf(this.dataSource);
    const lane = isBounded ? transactions : undefined;
    let waitsUntil = performance.now() + PLACE_WAIT_MS;
    let row: string | undefined;
    for (let run = 1; ; run += 1) {
      const held = new HeldPlaces(rows, row);
      row = undefined;
      const once = (span?: Span): Promise<T> => this.runOnce(work, held, lane, waitsUntil, span);
      try {
        return await (tracing.on ? traceTransaction(this.dataSource, once) : once());
      } catch (error) {
        held.leave();
        if (error instanceof NoPlaceError) {
          // Without a connection, and no longer than for one.
          await rows.wait(error.row, waitsUntil - performance.now());
          row = error.row;
          run -= 1;
          continue;
        }
        if (run < MAX_RUNS && (isNamingFailure(this.dataSource, error) || isStalePlan(error))) continue;
        if (run < MAX_RUNS && isRetryableConflict(error)) {
          // The winner needs a moment for the row that it waited for, or both meet in the same deadlock again.
          await sleep(PAUSE_MS * (run + Math.random()));
          waitsUntil = performance.now() + PLACE_WAIT_MS;
          continue;
        }
        throw mapErrorOfWork(error);
      } finally {
        held.leave();
      }
    }
  }

  private async runOnce<T>(
    work: (tx: Transaction) => Promise<T>,
    held: HeldPlaces,
    lane: Places | undefined,
    waitsUntil: number,
    span: Span | undefined,
  ): Promise<T> {
    const { runner, client } = await acquire(this.dataSource, async () => {
      if (lane?.take() === false) await lane.wait(waitsUntil - performance.now());
      return this.connect().catch((error: unknown) => {
        lane?.giveBack();
        throw error;
      });
    });
    try {
      const startedAt = performance.now();
      const tx = new Transaction(new Connection(client, this.dataSource, false), runner, held);
      try {
        const result = await work(tx);
        span?.event('commit');
        await tx.commit();
        tx.close(true);
        return result;
      } catch (error) {
        tx.close(false);
        // The first error is the one to report.
        if (tx.hasBegun) await this.rollBack(runner, client, error);
        throw error;
      } finally {
        noteFinished(this.dataSource, 'transaction', startedAt);
      }
    } finally {
      await runner.release();
      lane?.giveBack();
    }
  }

  private async connect(): Promise<{ readonly runner: QueryRunner; readonly client: pg.PoolClient }> {
    for (;;) {
      const runner = this.dataSource.createQueryRunner();
      try {
        const client = (await runner.connect()) as pg.PoolClient;
        if (!isRetired(client)) return { runner, client };
        await discardConnection(runner);
      } catch (error) {
        await runner.release();
        throw mapDatabaseError(error);
      }
      await runner.release();
    }
  }

  /**
   * Rolls back, or else throws the connection away, and the server rolls back: a connection whose transaction is still open must
   * never reach the next caller, whose commit would be that of this transaction too. After a COMMIT that failed it does no harm.
   */
  private async rollBack(runner: QueryRunner, client: pg.PoolClient, error: unknown): Promise<void> {
    if (isReadOnly(error)) retireConnections(this.dataSource);
    // A statement that timed out is still running, and a ROLLBACK would wait behind it; a server that is away takes none.
    if (losesConnection(error)) return discardConnection(runner);
    await client.query('ROLLBACK').catch(() => discardConnection(runner));
  }
}
