import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispensable } from './data-source-options.js';
import { ConnectionPool } from './pool/connection-pool.js';

const RETRY_MS = 1_000;

const REFUSED: Readonly<Record<Dispensable, string>> = {
  'keep-alive': 'The pooler in between takes no keep-alive settings: it has to notice by its own ones when a process has vanished.',
  settings: 'The pooler in between takes no settings of sessions: every transaction sets them, in one packet with its first statement.',
  limits: 'The pooler in between takes no time limits for statements, locks and idle transactions: every transaction sets them.',
};

/**
 * Opens the pool in the background and keeps trying, so that a process starts, answers its probes and says what it waits for
 * while the database is still away.
 */
@Injectable()
export class DatabaseConnector implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  readonly #logger = new Logger(DatabaseConnector.name);
  readonly #stop = new AbortController();
  #ready: Promise<boolean> | undefined;

  constructor(private readonly pool: ConnectionPool) {}

  onApplicationBootstrap(): void {
    void this.whenConnected();
  }

  /** Resolves to true once the pool is open, to false when the process stops before that. */
  whenConnected(): Promise<boolean> {
    this.#ready ??= this.connect();
    return this.#ready;
  }

  /** The first hook of a stop: later hooks may wait for the connection, and that wait has to end. */
  onModuleDestroy(): void {
    this.#stop.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#ready;
    await this.pool.close();
  }

  private async connect(): Promise<boolean> {
    let lastReason = '';
    while (!this.#stop.signal.aborted) {
      try {
        await this.pool.open((refused) => {
          this.#logger.warn(REFUSED[refused]);
        });
        return true;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        // One line per reason, not one per attempt.
        if (reason !== lastReason) this.#logger.warn({ reason }, 'The database cannot be reached; trying again every second.');
        lastReason = reason;
        await sleep(RETRY_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
    return false;
  }
}
