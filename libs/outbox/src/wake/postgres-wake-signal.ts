import { RuntimeConfig } from '#zakops/config';
import { Database, DatabaseConfig, DatabaseConnector, NoticeListener, sessionName } from '#zakops/database';
import type { ListeningSession } from '#zakops/database';
import { OPS_CHANNEL } from '#zakops/figures';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { OutboxConfig } from '../outbox.config.js';
import { LOG_CHANNEL, OUTBOX_CHANNEL, TICKETS_CHANNEL, WakeSignal } from './wake-signal.js';
import type { WakeChannel, WakeMode } from './wake-signal.js';

const INSIST_MS = 1_000;

/** Notices by LISTEN; without them, polling alone. */
@Injectable()
export class PostgresWakeSignal extends WakeSignal implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(PostgresWakeSignal.name);
  readonly #listeners = new Map<string, Set<(payload: string) => void>>();
  readonly #notices: NoticeListener;

  constructor(
    private readonly config: OutboxConfig,
    databaseConfig: DatabaseConfig,
    connector: DatabaseConnector,
    database: Database,
    runtime: RuntimeConfig,
  ) {
    super();
    this.#notices = new NoticeListener(databaseConfig, connector, database, {
      applicationName: sessionName('zakops-wake', runtime.processTag),
      channels: [OUTBOX_CHANNEL, LOG_CHANNEL, TICKETS_CHANNEL, OPS_CHANNEL],
      ...(config.wake === 'listen' ? { retryMs: INSIST_MS } : {}),
      onNotice: (channel, payload) => {
        for (const listener of this.#listeners.get(channel) ?? []) listener(payload);
      },
      onListening: () => {
        this.#logger.log('Notices arrive: waking by LISTEN.');
        for (const listeners of this.#listeners.values()) for (const listener of listeners) listener('');
      },
      onUnheard: () => {
        this.#logger.warn('A notice sent to ourselves did not come back (a pooler in transaction mode?): polling.');
      },
    });
  }

  get mode(): WakeMode {
    return this.#notices.isListening ? 'listen' : 'poll';
  }

  get session(): ListeningSession | undefined {
    return this.#notices.session;
  }

  on(channel: WakeChannel, listener: (payload: string) => void): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  onApplicationBootstrap(): void {
    if (this.config.wake !== 'poll') this.#notices.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#notices.stop();
  }
}
