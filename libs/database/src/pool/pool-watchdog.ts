import { Metrics } from '#zakops/metrics';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseConfig } from '../database.config.js';
import { DatabaseConnector } from '../database-connector.js';
import { Database } from '../database.js';
import { ConnectionPool } from './connection-pool.js';
import { ServerProbe } from './server-probe.js';

const LOOKS_PER_LIMIT = 6;
const MAX_ANSWER_MS = 5_000;
const MAX_FAILED_REBUILDS = 2;

/**
 * Rebuilds the pool when it does not work for `DATABASE_WATCHDOG_SECONDS` although the database takes a new connection: its connections
 * are all silently dead, or are never given back.
 *
 * @remarks A pool is at work as long as connections for reads and for changes come back in good order, however many wait for one: a
 * rebuild does not help when there is merely too much to do. While new connections fail too, the database is away, and the pool recovers
 * without help. When a second rebuild in a row fails, the process exits with 1, so that its supervisor starts it again.
 */
@Injectable()
export class PoolWatchdog implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(PoolWatchdog.name);
  readonly #stop = new AbortController();
  readonly #rebuilds: { inc(): void };
  #served = 0;
  #brokenSinceMs: number | undefined;
  #failedRebuilds = 0;
  #takesWrites = true;

  constructor(
    private readonly pool: ConnectionPool,
    private readonly config: DatabaseConfig,
    private readonly connector: DatabaseConnector,
    private readonly database: Database,
    private readonly server: ServerProbe,
    metrics: Metrics,
  ) {
    this.#rebuilds = metrics.counter({
      name: 'zakops_db_pool_rebuilds_total',
      help: 'Pools that were replaced because they did not work although the database took new connections.',
    });
  }

  onApplicationBootstrap(): void {
    void this.run();
  }

  onModuleDestroy(): void {
    this.#stop.abort();
  }

  private async run(): Promise<void> {
    if (!(await this.connector.whenConnected())) return;
    while (await this.waited()) await this.look();
  }

  /** Resolves to false when the process stops. */
  private waited(): Promise<boolean> {
    const pauseMs = this.config.watchdogMs / LOOKS_PER_LIMIT;
    return sleep(pauseMs, true, { signal: this.#stop.signal, ref: false }).catch(() => false);
  }

  private async look(): Promise<void> {
    const lookedAtMs = performance.now();
    if (await this.works()) {
      this.#brokenSinceMs = undefined;
      this.#failedRebuilds = 0;
      await this.askForWrites();
      return;
    }
    // Either the database is away, or the process is stopping.
    if (this.#stop.signal.aborted || !(await this.takesNewConnections())) {
      this.#brokenSinceMs = undefined;
      return;
    }
    this.#brokenSinceMs ??= lookedAtMs;
    if (performance.now() - this.#brokenSinceMs >= this.config.watchdogMs) await this.rebuild();
  }

  /** Asks nothing while connections come back. */
  private async works(): Promise<boolean> {
    const { served } = this.pool;
    const isAtWork = served > this.#served;
    this.#served = served;
    // Reads have connections of their own, and come back whatever the changes do.
    if (this.pool.places.transactions.stoodStill()) return false;
    if (isAtWork) return true;
    try {
      await this.pool.ping(this.answerMs);
      return true;
    } catch (error) {
      this.#logger.debug({ err: error }, 'The pool does not answer.');
      return this.pool.served > served;
    }
  }

  /** A pool may stay on a server that takes no writes any more, after a failover for example: asking lets its connections go. */
  private async askForWrites(): Promise<void> {
    // A connection that has gone silent answers as late as a statement may; the next look must not wait for it.
    const answer = this.database.takesWrites().catch(() => undefined);
    const takesWrites = await Promise.race([answer, sleep(this.answerMs, undefined, { ref: false })]);
    if (takesWrites === undefined || takesWrites === this.#takesWrites) return;
    if (takesWrites) this.#logger.log('The database takes writes again.');
    else this.#logger.error('The database takes no writes; its connections are opened anew until it does.');
    this.#takesWrites = takesWrites;
  }

  private takesNewConnections(): Promise<boolean> {
    return this.server.takesWrites(this.answerMs).then(
      () => true,
      () => false,
    );
  }

  private async rebuild(): Promise<void> {
    const details = { seconds: this.config.watchdogMs / 1_000 };
    this.#logger.error(details, 'The pool does not work although the database takes new connections; making a new one.');
    try {
      await this.pool.rebuild();
      await this.pool.ping(this.answerMs);
      this.#brokenSinceMs = undefined;
      this.#failedRebuilds = 0;
      this.#rebuilds.inc();
      this.#logger.warn('The new pool works.');
    } catch (error) {
      this.#failedRebuilds += 1;
      if (this.#failedRebuilds < MAX_FAILED_REBUILDS) {
        this.#logger.error({ err: error }, 'The new pool does not work either; trying once more.');
        return;
      }
      this.#logger.fatal({ err: error }, 'No new pool works although the database takes new connections; giving up.');
      process.exit(1);
    }
  }

  private get answerMs(): number {
    return Math.min(this.config.watchdogMs / 2, MAX_ANSWER_MS);
  }
}
