import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { QueryRunner } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { discardConnection } from './discard-connection.js';
import { isQueryTimeout, isRetryableConflict, mapDatabaseError, mapErrorOfWork } from './map-database-error.js';
import { Transaction } from './transaction.js';

const MAX_RUNS = 3;
const PAUSE_MS = 10;

/** Opens transactions: every command does all it writes inside one {@link run}. */
@Injectable()
export class UnitOfWork {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /**
   * Runs `work` in one transaction: commits when it returns, rolls everything back when it throws.
   *
   * @remarks Isolation is READ COMMITTED; take row locks for what must not change. On a serialization failure or a deadlock the
   * whole of `work` is run again, three times at most, so it must have no effect outside the transaction.
   * @throws DatabaseUnavailableError when no connection is free within 5 s (retryable)
   */
  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let run = 1; ; run += 1) {
      try {
        return await this.runOnce(work);
      } catch (error) {
        if (run < MAX_RUNS && isRetryableConflict(error)) {
          // The winner needs a moment for the row that it waited for, or both meet in the same deadlock again.
          await sleep(PAUSE_MS * (run + Math.random()));
          continue;
        }
        throw mapErrorOfWork(error);
      }
    }
  }

  private async runOnce<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction().catch(async (error: unknown) => {
        await discardConnection(runner);
        throw mapDatabaseError(error);
      });
      const tx = new Transaction(runner.manager);
      try {
        const result = await work(tx);
        await tx.runBeforeCommit();
        await runner.commitTransaction();
        tx.close(true);
        return result;
      } catch (error) {
        tx.close(false);
        // The first error is the one to report.
        if (runner.isTransactionActive) await this.rollBack(runner, error);
        throw error;
      }
    } finally {
      await runner.release();
    }
  }

  /**
   * Rolls back, or else throws the connection away, and the server rolls back: a connection whose transaction is still open must
   * never reach the next caller, whose commit would be that of this transaction too.
   */
  private async rollBack(runner: QueryRunner, error: unknown): Promise<void> {
    // The statement that timed out is still running; a ROLLBACK would wait behind it.
    if (isQueryTimeout(error)) return discardConnection(runner);
    await runner.rollbackTransaction().catch(() => discardConnection(runner));
  }
}
