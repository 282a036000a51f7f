import { tracing } from '#zakops/tracing';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { BatchedRead } from './batched-read.js';
import { Connection } from './connection.js';
import { isQueryTimeout, mapDatabaseError } from './map-database-error.js';
import { acquire, noteFinished } from './pool/pool-observer.js';
import { isNamingFailure, isStalePlan } from './statement-naming.js';
import type { PreparedStatement, Statement } from './statement.js';
import { traceStatement } from './tracing/database-spans.js';
import { joinedTransaction } from './unit-of-work.js';

const NOT_OPEN = 'The pool is not yet initialized.';

const ignore = (): void => undefined;

/** Reads outside a transaction: one statement, its own snapshot. */
@Injectable()
export class Database {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** True once the pool has reached the server for the first time. */
  get isConnected(): boolean {
    return this.dataSource.isInitialized;
  }

  /**
   * Runs one statement and gives its rows. Inside `UnitOfWork.runJoined` it sees what that transaction has written.
   *
   * @throws DatabaseUnavailableError when the server cannot be reached (retryable)
   * @throws DatabaseError when the server refuses the statement
   */
  async query<R extends object = Record<string, unknown>>(statement: Statement, parameters: readonly unknown[] = []): Promise<R[]> {
    const joined = joinedTransaction();
    // Its errors are the transaction's, which knows whether running all of it again helps.
    if (joined !== undefined) return joined.query<R>(statement, parameters);
    if (tracing.on) return traceStatement(this.dataSource, statement, () => this.queryTwiceAtMost<R>(statement, parameters));
    return this.queryTwiceAtMost<R>(statement, parameters);
  }

  /**
   * Makes a reader that looks up rows by one text key each, and answers many askers by few statements.
   *
   * @param statement - takes an array of keys as its only parameter
   * @param keyOf - the key of a row
   */
  batchedRead<R extends object>(statement: PreparedStatement, keyOf: (row: R) => string): BatchedRead<R> {
    return new BatchedRead((keys) => this.query<R>(statement, [keys]), keyOf);
  }

  private async queryTwiceAtMost<R extends object>(statement: Statement, parameters: readonly unknown[]): Promise<R[]> {
    try {
      return await this.queryAlone<R>(statement, parameters).catch((error: unknown) => {
        if (isNamingFailure(this.dataSource, error) || isStalePlan(error)) return this.queryAlone<R>(statement, parameters);
        throw error;
      });
    } catch (error) {
      throw mapDatabaseError(error);
    }
  }

  private async queryAlone<R extends object>(statement: Statement, parameters: readonly unknown[]): Promise<R[]> {
    const client = await acquire(this.dataSource, () => this.pool().connect());
    const startedAt = performance.now();
    // A connection that breaks says so twice: to the statement that waits, and as an event, which ends the process when nobody listens.
    client.on('error', ignore);
    let broken = false;
    try {
      return (await new Connection(client, this.dataSource).send(statement, parameters)).rows as R[];
    } catch (error) {
      // Whoever got this connection next would wait behind the statement that nobody waits for any more.
      broken = isQueryTimeout(error);
      throw error;
    } finally {
      noteFinished(this.dataSource, 'statement', startedAt);
      client.release(broken);
      // From here on the pool listens.
      client.off('error', ignore);
    }
  }

  private pool(): pg.Pool {
    if (!this.dataSource.isInitialized) throw new Error(NOT_OPEN);
    // TypeORM's own pool: a process has one.
    return (this.dataSource.driver as unknown as { readonly master: pg.Pool }).master;
  }
}
