import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { isRetryableConflict, mapDatabaseError } from './map-database-error.js';
import { Transaction } from './transaction.js';

const MAX_RUNS = 3;

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
        if (run < MAX_RUNS && isRetryableConflict(error)) continue;
        throw mapDatabaseError(error);
      }
    }
  }

  private async runOnce<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      const tx = new Transaction(runner.manager);
      try {
        const result = await work(tx);
        await tx.runBeforeCommit();
        await runner.commitTransaction();
        tx.close(true);
        return result;
      } catch (error) {
        tx.close(false);
        // A broken connection cannot roll back; the server does it. The first error is the one to report.
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      }
    } finally {
      await runner.release();
    }
  }
}
