import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../connection.js';
import type { SessionState } from '../connection.js';
import type { Dispensable } from '../data-source-options.js';
import { isReadOnly, losesConnection, mapDatabaseError } from '../map-database-error.js';
import { openDataSource } from '../open-data-source.js';
import type { TransactionSettings } from '../session-settings.js';
import { SessionNames, StatementNames } from '../statement-names.js';
import { DatabaseSpans } from '../tracing/database-spans.js';
import type { Lane } from './places.js';
import type { PooledWork, PoolObserver } from './pool-observer.js';
import { PoolPlaces } from './pool-places.js';

const CLOSE_WAIT_MS = 2_000;
// Of node-postgres.
const DEFAULT_POOL_SIZE = 10;
// A server that takes no writes answers many calls; to open all connections anew for each would be too much for it.
const RETIRE_AT_MOST_EVERY_MS = 1_000;

/** What TypeORM's PostgreSQL driver has, beyond what it declares. */
interface PoolOwner {
  readonly master: pg.Pool & { readonly _clients: readonly pg.PoolClient[] };
  /** Makes another pool, and takes it once it has a connection. */
  connect(): Promise<void>;
}

const ignore = (): void => undefined;

/**
 * The connections of this process: lends them, keeps what is known of them, and replaces them as a whole.
 *
 * @remarks No other class knows the driver's pool from inside.
 */
@Injectable()
export class ConnectionPool {
  /** Measures how it is used. */
  observer: PoolObserver | undefined;
  readonly names = new StatementNames();
  readonly spans: DatabaseSpans;
  readonly #sessionNames = new WeakMap<pg.PoolClient, SessionNames>();
  readonly #retired = new WeakSet<pg.PoolClient>();
  #retiredAtMs = Number.NEGATIVE_INFINITY;
  #transactionSettings: TransactionSettings | undefined;
  #places: PoolPlaces;
  #served = 0;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {
    this.spans = new DatabaseSpans(dataSource);
    this.#places = this.allPlacesFree();
  }

  /** True once it has reached the server for the first time. */
  get isOpen(): boolean {
    return this.dataSource.isInitialized;
  }

  /** How many connections it has, how many of them are idle, and how many callers wait for one without being bounded by {@link places}. */
  get counts(): { readonly total: number; readonly idle: number; readonly waiting: number } {
    if (!this.isOpen) return { total: 0, idle: 0, waiting: 0 };
    const { totalCount, idleCount, waitingCount } = this.owner.master;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** What connections are taken for, and how many for each. */
  get places(): PoolPlaces {
    return this.#places;
  }

  /** How often a connection came back in good order. */
  get served(): number {
    return this.#served;
  }

  /** Opens it. @param onRefused - called with each thing that a pooler refused @throws Error of the driver when the server cannot be reached */
  async open(onRefused?: (what: Dispensable) => void): Promise<void> {
    this.#transactionSettings = await openDataSource(this.dataSource, onRefused);
  }

  /**
   * Lends a connection for some work.
   *
   * @param lane - bounds how many connections are taken for such work
   * @param waitMs - for a place in the lane; the driver's own limit bounds the wait for a connection
   * @throws DatabaseUnavailableError when there is no connection
   */
  async lend<T>(kind: PooledWork, lane: Lane | undefined, waitMs: number, work: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await this.acquire(lane, waitMs);
    const connection = new Connection(client, this.sessionOf(client), kind === 'statement');
    const startedAt = performance.now();
    try {
      return await work(connection);
    } catch (error) {
      // The next borrower would wait behind the statement that was given up, or meet a server that cannot serve it either.
      if (losesConnection(error)) connection.giveUp();
      if (isReadOnly(error)) this.retireConnections();
      throw error;
    } finally {
      this.observer?.onFinished(kind, performance.now() - startedAt);
      this.takeBack(client, connection.isLost);
      lane?.giveBack();
    }
  }

  /**
   * Has the connections of this moment closed instead of lent again, because they lead to a server that cannot do what is asked. A borrower
   * keeps its connection until it gives it back.
   */
  retireConnections(): void {
    const nowMs = performance.now();
    if (!this.isOpen || nowMs - this.#retiredAtMs < RETIRE_AT_MOST_EVERY_MS) return;
    this.#retiredAtMs = nowMs;
    for (const client of this.owner.master._clients) this.#retired.add(client);
  }

  /**
   * Does what every request does: takes a connection and asks the server something.
   *
   * @param limitMs - for the answer; a connection is waited for as long as every request waits
   * @throws Error when no connection is free, or no answer comes
   */
  async ping(limitMs: number): Promise<void> {
    const client = await this.owner.master.connect();
    let isLost = true;
    try {
      await client.query({ text: 'SELECT 1', query_timeout: limitMs } as pg.QueryConfig);
      isLost = false;
    } finally {
      this.takeBack(client, isLost);
    }
  }

  /**
   * Replaces all connections. Those of before are cut: what waits for them fails, to be tried again.
   *
   * @throws Error when the new ones do not work either; then the old ones stay
   */
  async rebuild(): Promise<void> {
    const { master } = this.owner;
    await this.owner.connect();
    this.#places = this.allPlacesFree();
    abandon(master);
  }

  /** Closes it. Connections whose other end is silent, or whose borrower does not give them back, are cut. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    const { master } = this.owner;
    const closed = this.dataSource.destroy().then(() => true);
    const limit = (): Promise<boolean> => sleep(CLOSE_WAIT_MS, false, { ref: false });
    if (await Promise.race([closed, limit()])) return;
    abandon(master);
    await Promise.race([closed, limit()]);
  }

  private async acquire(lane: Lane | undefined, waitMs: number): Promise<pg.PoolClient> {
    const askedAt = performance.now();
    try {
      if (lane?.take() === false) await lane.wait(waitMs);
      const client = await this.connect().catch((error: unknown) => {
        lane?.giveBack();
        throw mapDatabaseError(error);
      });
      this.observer?.onAcquired(performance.now() - askedAt);
      return client;
    } catch (error) {
      this.observer?.onRefused(error);
      throw error;
    }
  }

  private async connect(): Promise<pg.PoolClient> {
    if (!this.isOpen) throw new Error('The pool is not yet initialized.');
    for (;;) {
      const client = await this.owner.master.connect();
      if (!this.#retired.has(client)) return client;
      client.release(true);
    }
  }

  private takeBack(client: pg.PoolClient, isLost: boolean): void {
    if (!isLost) this.#served += 1;
    client.release(isLost);
  }

  private sessionOf(client: pg.PoolClient): SessionState {
    let sessionNames = this.#sessionNames.get(client);
    if (sessionNames === undefined) this.#sessionNames.set(client, (sessionNames = new SessionNames()));
    return { names: this.names, sessionNames, transactionSettings: this.#transactionSettings };
  }

  private allPlacesFree(): PoolPlaces {
    return new PoolPlaces(this.dataSource.options.poolSize ?? DEFAULT_POOL_SIZE);
  }

  private get owner(): PoolOwner {
    return this.dataSource.driver as unknown as PoolOwner;
  }
}

/** Without a goodbye, which would not be answered. */
function abandon(master: PoolOwner['master']): void {
  for (const client of [...master._clients]) {
    client.on('error', ignore);
    client.connection.stream.destroy();
  }
  if (!master.ending) master.end().catch(ignore);
}
