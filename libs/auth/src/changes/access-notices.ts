import { Database, DatabaseConfig, DatabaseConnector } from '#zakops/database';
import { createClient } from '#zakops/postgres';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { ACCESS_CHANNEL, parseAccessChange } from './access-change.js';
import { AccessChanges } from './access-changes.js';

const RECONNECT_MS = 1_000;
const RETRY_LISTEN_MS = 60_000;
const ECHO_WAIT_MS = 2_000;
const ECHO = 'echo:';

/**
 * Hears of changes that other processes make, on one connection of its own.
 *
 * @remarks A notice that does not come is made good within five seconds, so the connection is checked once, when it is new: behind a
 * pooler in transaction mode nothing ever comes, and holding one would take it from the others.
 */
@Injectable()
export class AccessNotices implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(AccessNotices.name);
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #awaitedEcho: { readonly text: string; readonly settle: (came: boolean) => void } | undefined;
  #isListening = false;
  #stopped = false;

  constructor(
    private readonly changes: AccessChanges,
    private readonly config: DatabaseConfig,
    private readonly connector: DatabaseConnector,
    private readonly database: Database,
  ) {}

  /** True while notices of other processes are heard. */
  get isListening(): boolean {
    return this.#isListening;
  }

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#awaitedEcho?.settle(false);
    await this.#work;
    this.disconnect();
  }

  private schedule(delayMs: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // One after the other, or two connections would listen.
      this.#work = this.#work
        .then(() => this.listen())
        .catch((error: unknown) => {
          this.#logger.debug({ err: error }, 'Notices of ended sessions are not available at the moment.');
          this.disconnect();
          this.schedule(RECONNECT_MS);
        });
    }, delayMs);
  }

  private async listen(): Promise<void> {
    if (!(await this.connector.whenConnected()) || this.#client !== undefined) return;
    const client = createClient(this.config.url, {
      application_name: 'zakops-auth',
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
    this.#client = client;
    const lost = (): void => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#isListening = false;
      this.#awaitedEcho?.settle(false);
      this.schedule(RECONNECT_MS);
    };
    client.on('error', lost).on('end', lost);
    client.on('notification', ({ payload = '' }) => {
      this.receive(payload);
    });
    await client.connect();
    await client.query(`LISTEN ${ACCESS_CHANNEL}`);
    if (await this.echo()) {
      this.#isListening = true;
      // What was announced in the meantime is unknown.
      this.changes.tell(undefined);
      return;
    }
    // Not when the connection broke on the way, or the process stops: that is taken care of.
    if (this.#client !== client) return;
    this.disconnect();
    this.schedule(RETRY_LISTEN_MS);
  }

  /** Sends a notice through the pool, so over another connection, and waits for it on ours. */
  private async echo(): Promise<boolean> {
    const text = ECHO + randomUUID();
    let limit: NodeJS.Timeout | undefined;
    const arrival = new Promise<boolean>((resolve) => {
      limit = setTimeout(resolve, ECHO_WAIT_MS, false);
      this.#awaitedEcho = { text, settle: resolve };
    });
    try {
      await this.database.query('SELECT pg_notify($1, $2)', [ACCESS_CHANNEL, text]);
      return await arrival;
    } finally {
      clearTimeout(limit);
      this.#awaitedEcho = undefined;
    }
  }

  private receive(text: string): void {
    if (text.startsWith(ECHO)) {
      if (text === this.#awaitedEcho?.text) this.#awaitedEcho.settle(true);
      return;
    }
    const change = parseAccessChange(text);
    if (change !== undefined) this.changes.tell(change);
  }

  private disconnect(): void {
    const client = this.#client;
    this.#client = undefined;
    this.#isListening = false;
    // Without waiting for an answer: the other end of a connection that has gone silent gives none for many minutes.
    void client?.end().catch(() => undefined);
  }
}
