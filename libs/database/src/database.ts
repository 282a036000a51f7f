import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { discardConnection } from './discard-connection.js';
import { isQueryTimeout, mapDatabaseError } from './map-database-error.js';

/** Reads outside a transaction: one statement, its own snapshot. */
@Injectable()
export class Database {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** True once the pool has reached the server for the first time. */
  get isConnected(): boolean {
    return this.dataSource.isInitialized;
  }

  /**
   * Runs one statement and gives its rows.
   *
   * @throws DatabaseUnavailableError when the server cannot be reached (retryable)
   * @throws DatabaseError when the server refuses the statement
   */
  async query<R = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    try {
      const runner = this.dataSource.createQueryRunner();
      try {
        return (await runner.query(sql, [...parameters])) as R[];
      } catch (error) {
        // Whoever got this connection next would wait behind the statement that nobody waits for any more.
        if (isQueryTimeout(error)) await discardConnection(runner);
        throw error;
      } finally {
        await runner.release();
      }
    } catch (error) {
      throw mapDatabaseError(error);
    }
  }
}
