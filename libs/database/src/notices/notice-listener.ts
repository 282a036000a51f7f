import { createClient, FIXED_SETTINGS, NO_TIME_LIMITS, refusesStartupParameters, SERVER_KEEP_ALIVE } from '#zakops/postgres';
import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { DatabaseConfig } from '../database.config.js';
import type { DatabaseConnector } from '../database-connector.js';
import type { Database } from '../database.js';

const ECHO_CHANNEL = 'zakops_echo';
const ECHO_WAIT_MS = 2_000;
const ECHO_EVERY_MS = 15_000;
const RECONNECT_MS = 1_000;
const RETRY_LISTEN_MS = 60_000;
const ANSWER_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;

const SESSION = `
  SELECT pid, extract(epoch FROM backend_start)::text AS started_at FROM pg_stat_activity WHERE pid = pg_backend_pid()`;

/** A connection, as `pg_stat_activity` shows it. */
export interface ListeningSession {
  readonly pid: number;
  /** `backend_start` in seconds since 1970, as text: exact to the microsecond. */
  readonly started_at: string;
}

/** What a process listens to, and what it does about it. */
export interface NoticeListenerOptions {
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly channels: readonly string[];
  /** Milliseconds before the next try where notices do not arrive; a minute by default, in which no connection is held. */
  readonly retryMs?: number;
  /** A notice has come. */
  onNotice(channel: string, payload: string): void;
  /** Notices are heard from now on. What was announced before is unknown. */
  onListening(): void;
  /** Nothing arrives over a new connection, as behind a pooler in transaction mode. */
  onUnheard?(): void;
}

/**
 * Hears notices (LISTEN) on one connection of its own, for as long as notices arrive.
 *
 * @remarks Every 15 seconds it sends a notice to itself through the pool, so over another connection: a connection that has gone silent is
 * replaced, and behind a pooler in transaction mode, where nothing ever arrives, none is held. Whatever hears notices has to do without them.
 */
export class NoticeListener {
  readonly #logger = new Logger(NoticeListener.name);
  #client: pg.Client | undefined;
  #session: ListeningSession | undefined;
  #isListening = false;
  #timer: NodeJS.Timeout | undefined;
  #awaitedEcho: { readonly token: string; readonly settle: (came: boolean) => void } | undefined;
  #stopped = false;
  /** A session that is not read by anybody holds up the notices of the whole server. */
  #sessionOptions = `${FIXED_SETTINGS} ${NO_TIME_LIMITS} ${SERVER_KEEP_ALIVE}`;
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: DatabaseConfig,
    private readonly connector: DatabaseConnector,
    private readonly database: Database,
    private readonly options: NoticeListenerOptions,
  ) {}

  /** True while notices arrive. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /** The connection on which notices arrive; undefined while they do not. */
  get session(): ListeningSession | undefined {
    return this.#isListening ? this.#session : undefined;
  }

  start(): void {
    this.schedule(0);
  }

  async stop(): Promise<void> {
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
      // One after the other: two at once would each open a connection, and one of them would never be closed.
      this.#work = this.#work
        .then(() => this.maintain())
        .catch((error: unknown) => {
          this.#logger.debug({ err: error, listener: this.options.applicationName }, 'Notices are not available at the moment.');
        });
    }, delayMs);
  }

  /** Connects when there is no connection, then checks that a notice comes back; again and again. */
  private async maintain(): Promise<void> {
    let nextMs = RECONNECT_MS;
    try {
      if (!(await this.connector.whenConnected())) return;
      const fresh = this.#client === undefined;
      const client = (this.#client ??= await this.connect());
      if (await this.echo()) {
        nextMs = ECHO_EVERY_MS;
        if (!this.#isListening) {
          this.#isListening = true;
          this.options.onListening();
        }
        return;
      }
      // Lost on the way, or stopped: that is taken care of.
      if (this.#client !== client) return;
      this.disconnect();
      // Notices that have come before come again over a new connection; a pooler never passes them on.
      if (!fresh || this.#stopped) return;
      nextMs = this.options.retryMs ?? RETRY_LISTEN_MS;
      this.options.onUnheard?.();
    } finally {
      this.schedule(nextMs);
    }
  }

  private async connect(): Promise<pg.Client> {
    const client = createClient(this.config.url, {
      application_name: this.options.applicationName,
      connectionTimeoutMillis: ANSWER_MS,
      // LISTEN answers at once, or the server is gone without a word.
      query_timeout: ANSWER_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      options: this.#sessionOptions,
    });
    const lost = (): void => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#isListening = false;
      this.#awaitedEcho?.settle(false);
      this.schedule(RECONNECT_MS);
    };
    client.on('error', lost).on('end', lost);
    client.on('notification', ({ channel, payload = '' }) => {
      this.receive(channel, payload);
    });
    try {
      await client.connect();
    } catch (error) {
      if (refusesStartupParameters(error)) this.#sessionOptions = '';
      throw error;
    }
    try {
      for (const channel of [...this.options.channels, ECHO_CHANNEL]) await client.query(`LISTEN ${channel}`);
      // Asked of the server: a pooler in between gives the process id of its own end.
      this.#session = (await client.query<ListeningSession>(SESSION)).rows[0];
    } catch (error) {
      close(client);
      throw error;
    }
    return client;
  }

  private receive(channel: string, payload: string): void {
    if (channel !== ECHO_CHANNEL) this.options.onNotice(channel, payload);
    else if (this.#awaitedEcho?.token === payload) this.#awaitedEcho.settle(true);
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

  private disconnect(): void {
    const client = this.#client;
    this.#client = undefined;
    this.#isListening = false;
    if (client !== undefined) close(client);
  }
}

/** Says goodbye without waiting for an answer: the other end of a connection that has gone silent gives none for many minutes. */
function close(client: pg.Client): void {
  void client.end().catch(() => undefined);
}
