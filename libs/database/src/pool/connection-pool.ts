import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { placesOf } from './pool-places.js';

const CLOSE_WAIT_MS = 2_000;

/** What TypeORM's PostgreSQL driver has, beyond what it declares. */
interface PoolOwner {
  readonly master: pg.Pool;
  /** Makes another pool, and takes it once it has a connection. */
  connect(): Promise<void>;
}

/** What a connection of node-postgres has, beyond what it declares. */
interface PooledClient extends pg.Client {
  readonly _ending: boolean;
  readonly _queryable: boolean;
}

const ignore = (): void => undefined;

/** The pool as a whole: whether it works, and another one in its place. */
@Injectable()
export class ConnectionPool {
  readonly #counted = new WeakSet<pg.Pool>();
  #served = 0;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** How often a connection came back to the pool in good order. Counts from the first time it is asked. */
  get served(): number {
    const pool = this.owner.master;
    if (!this.#counted.has(pool)) {
      this.#counted.add(pool);
      pool.on('release', (error, client) => {
        const { _ending: ending, _queryable: queryable } = client as unknown as PooledClient;
        // True or an error for one that its user gave up, whatever the types say.
        const broken = Boolean(error as unknown);
        if (!broken && !ending && queryable) this.#served += 1;
      });
    }
    return this.#served;
  }

  /** True when no transaction has ended since the last call of this, although all connections for changes are held and others wait. */
  holdsUpChanges(): boolean {
    return placesOf(this.dataSource).transactions.stoodStill();
  }

  /**
   * Does what every request does: takes a connection and asks the server something.
   *
   * @param limitMs - for the answer; a connection is waited for as long as every request waits
   * @throws Error when no connection is free, or no answer comes
   */
  async ping(limitMs: number): Promise<void> {
    const client = await this.owner.master.connect();
    let broken = true;
    try {
      await client.query({ text: 'SELECT 1', query_timeout: limitMs } as pg.QueryConfig);
      broken = false;
    } finally {
      client.release(broken);
    }
  }

  /**
   * Puts a new pool in the place of this one, whose connections are cut: whatever still waits for them fails, to be tried again.
   *
   * @throws Error when the new pool does not work either; then the old one stays
   */
  async rebuild(): Promise<void> {
    const old = this.owner.master;
    await this.owner.connect();
    abandon(old);
  }

  /** Closes it. Connections whose other end says nothing, or whose user does not give them back, are cut. */
  async close(): Promise<void> {
    if (!this.dataSource.isInitialized) return;
    const { master } = this.owner;
    const closed = this.dataSource.destroy().then(() => true);
    const limit = (): Promise<boolean> => sleep(CLOSE_WAIT_MS, false, { ref: false });
    if (await Promise.race([closed, limit()])) return;
    abandon(master);
    await Promise.race([closed, limit()]);
  }

  private get owner(): PoolOwner {
    return this.dataSource.driver as unknown as PoolOwner;
  }
}

/** Without a goodbye: nobody answers it. */
function abandon(pool: pg.Pool): void {
  const { _clients: clients } = pool as unknown as { readonly _clients: readonly PooledClient[] };
  for (const client of [...clients]) {
    client.on('error', ignore);
    client.connection.stream.destroy();
  }
  if (!pool.ending) pool.end().catch(ignore);
}
