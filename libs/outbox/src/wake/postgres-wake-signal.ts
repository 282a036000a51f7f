import { Database, DatabaseConfig, DatabaseConnector } from '#zakops/database';
import { createClient } from '#zakops/postgres';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { OutboxConfig } from '../outbox.config.js';
import { LOG_CHANNEL, OUTBOX_CHANNEL, WakeSignal } from './wake-signal.js';
import type { WakeChannel, WakeMode } from './wake-signal.js';

const ECHO_CHANNEL = 'zakops_echo';
const ECHO_WAIT_MS = 2_000;
const ECHO_EVERY_MS = 15_000;
const RECONNECT_MS = 1_000;
const RETRY_LISTEN_MS = 60_000;

/** Notices by LISTEN on one connection of its own, checked by sending notices to itself; without them, polling alone. */
@Injectable()
export class PostgresWakeSignal extends WakeSignal implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(PostgresWakeSignal.name);
  readonly #listeners = new Map<string, Set<() => void>>();
  #client: pg.Client | undefined;
  #mode: WakeMode = 'poll';
  #timer: NodeJS.Timeout | undefined;
  #awaitedEcho: { token: string; settle: (came: boolean) => void } | undefined;
  #stopped = false;
  #work: Promise<void> | undefined;

  constructor(
    private readonly config: OutboxConfig,
    private readonly databaseConfig: DatabaseConfig,
    private readonly connector: DatabaseConnector,
    private readonly database: Database,
  ) {
    super();
  }

  get mode(): WakeMode {
    return this.#mode;
  }

  on(channel: WakeChannel, listener: () => void): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  onApplicationBootstrap(): void {
    if (this.config.wake !== 'poll') this.schedule(0);
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
      // One after the other: two at once would each open a connection, and one of them would listen for ever.
      this.#work = (this.#work ?? Promise.resolve())
        .then(() => this.maintain())
        .catch((error: unknown) => {
          this.#logger.debug({ err: error }, 'Notices are not available at the moment.');
        });
    }, delayMs);
  }

  /** Connects when there is no connection, then checks that a notice comes back; again and again. */
  private async maintain(): Promise<void> {
    let nextMs = RECONNECT_MS;
    try {
      if (!(await this.connector.whenConnected())) return;
      const fresh = this.#client === undefined;
      this.#client ??= await this.connect();
      const works = await this.echo();
      if (works) {
        nextMs = ECHO_EVERY_MS;
        if (this.#mode === 'poll') this.#logger.log('Notices arrive: waking by LISTEN.');
        this.#mode = 'listen';
        if (fresh) this.wakeAll();
      } else {
        this.disconnect();
        // Notices that have come before come again over a new connection; a pooler never passes them on.
        if (!fresh) return;
        nextMs = this.config.wake === 'listen' ? RECONNECT_MS : RETRY_LISTEN_MS;
        this.#logger.warn('A notice sent to ourselves did not come back (a pooler in transaction mode?): polling.');
      }
    } finally {
      this.schedule(nextMs);
    }
  }

  private async connect(): Promise<pg.Client> {
    const client = createClient(this.databaseConfig.url, {
      application_name: 'zakops-wake',
      connectionTimeoutMillis: 5_000,
      // LISTEN answers at once, or the server is gone without a word.
      query_timeout: 5_000,
      keepAlive: true,
    });
    const lost = (): void => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#mode = 'poll';
      this.#awaitedEcho?.settle(false);
      this.schedule(RECONNECT_MS);
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ channel, payload }) => {
      this.receive(channel, payload ?? '');
    });
    await client.connect();
    try {
      for (const channel of [OUTBOX_CHANNEL, LOG_CHANNEL, ECHO_CHANNEL]) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      close(client);
      throw error;
    }
    return client;
  }

  private receive(channel: string, payload: string): void {
    if (channel === ECHO_CHANNEL) {
      if (this.#awaitedEcho?.token === payload) this.#awaitedEcho.settle(true);
      return;
    }
    for (const listener of this.#listeners.get(channel) ?? []) listener();
  }

  /** Sends a notice through the pool, so over another connection, and waits for it on ours. */
  private async echo(): Promise<boolean> {
    const token = randomUUID();
    let limit: NodeJS.Timeout | undefined;
    const arrival = new Promise<boolean>((resolve) => {
      limit = setTimeout(resolve, ECHO_WAIT_MS, false);
      this.#awaitedEcho = { token, settle: resolve };
    });
    try {
      await this.database.query('SELECT pg_notify($1, $2)', [ECHO_CHANNEL, token]);
      return await arrival;
    } finally {
      clearTimeout(limit);
      this.#awaitedEcho = undefined;
    }
  }

  private wakeAll(): void {
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener();
  }

  private disconnect(): void {
    const client = this.#client;
    this.#client = undefined;
    this.#mode = 'poll';
    if (client !== undefined) close(client);
  }
}

/** Says goodbye without waiting for an answer: the other end of a connection that has gone silent gives none for many minutes. */
function close(client: pg.Client): void {
  void client.end().catch(() => undefined);
}
