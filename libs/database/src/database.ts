import { tracing } from '#zakops/tracing';
import { Injectable } from '@nestjs/common';
import { BatchedRead } from './batched-read.js';
import { isRetryableConflict, mapDatabaseError } from './map-database-error.js';
import { ConnectionPool } from './pool/connection-pool.js';
import { PLACE_WAIT_MS } from './pool/places.js';
import type { StatementResult } from './statement-batch.js';
import { prepared, PreparedStatement } from './statement.js';
import type { Statement } from './statement.js';
import type { HintStatement } from './transaction-scope.js';

// A standby says so, and a server that was taken out of writing.
const TAKES_WRITES = prepared(`SELECT NOT current_setting('transaction_read_only')::boolean AS takes_writes`);

/** What {@link Database.query} can be asked for beside its statement. */
export interface QueryOptions {
  /**
   * Sent in one write with the statement and carried out after its commit, such as a NOTIFY of it. It cannot make the statement fail; its
   * outcome is ignored, and awaited by nothing.
   */
  readonly hint?: HintStatement;
}

/** Single statements, each a transaction of its own. */
@Injectable()
export class Database {
  constructor(private readonly pool: ConnectionPool) {}

  /** True once the pool has reached the server for the first time. */
  get isConnected(): boolean {
    return this.pool.isOpen;
  }

  /** True while all connections are in use and a caller waits for one: the process is busy, whatever the server is. */
  get isExhausted(): boolean {
    const { waiting, idle } = this.pool.counts;
    return waiting > 0 && idle === 0;
  }

  /** Connections of the pool that are in use. */
  get connectionsInUse(): number {
    const { total, idle } = this.pool.counts;
    return total - idle;
  }

  /** True while all connections for changes are in use and a caller waits for one; reads go on. */
  get isCrowdedByChanges(): boolean {
    return this.pool.places.transactions.isCrowded;
  }

  /**
   * Runs one statement and gives its rows.
   *
   * @remarks Never a part of an open transaction, and blind to what that has written: read by `Transaction.query` there.
   * @throws DatabaseUnavailableError when the server cannot be reached, or no connection is free within 5 s (retryable)
   * @throws DatabaseError when the server refuses the statement
   */
  async query<R extends object = Record<string, unknown>>(
    statement: Statement,
    parameters: readonly unknown[] = [],
    { hint }: QueryOptions = {},
  ): Promise<R[]> {
    const work = (): Promise<R[]> => this.queryTwiceAtMost<R>(statement, parameters, hint);
    return tracing.on ? this.pool.spans.ofStatement(statement, work) : work();
  }

  /**
   * Asks the server whether it takes writes. When it does not, no connection of this moment is used again: another server may take them
   * under the same address.
   *
   * @throws DatabaseUnavailableError when the server cannot be reached (retryable)
   */
  async takesWrites(): Promise<boolean> {
    const [row] = await this.query<{ readonly takes_writes: boolean }>(TAKES_WRITES);
    const takesWrites = row?.takes_writes === true;
    if (!takesWrites) this.pool.retireConnections();
    return takesWrites;
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

  private async queryTwiceAtMost<R extends object>(
    statement: Statement,
    parameters: readonly unknown[],
    hint: HintStatement | undefined,
  ): Promise<R[]> {
    try {
      return await this.queryAlone<R>(statement, parameters, hint).catch((error: unknown) => {
        if (this.pool.names.isFailureOfName(error) || isRetryableConflict(error)) return this.queryAlone<R>(statement, parameters, hint);
        throw error;
      });
    } catch (error) {
      throw mapDatabaseError(error);
    }
  }

  private queryAlone<R extends object>(
    statement: Statement,
    parameters: readonly unknown[],
    hint: HintStatement | undefined,
  ): Promise<R[]> {
    const lane = this.pool.places.statements.lane(statement instanceof PreparedStatement ? statement.text : statement);
    return this.pool.lend('statement', lane, PLACE_WAIT_MS, async (connection) => {
      const own = connection.transactionSettings;
      const before = own === undefined ? [] : [connection.send(own.alone, [], false), connection.send(own.settings, [], false)];
      const answer = Promise.all([...before, connection.send(statement, parameters)]).then((answers) => answers.at(-1) as StatementResult);
      connection.flush(hint === undefined ? [] : [hint]);
      return (await answer).rows as R[];
    });
  }
}
