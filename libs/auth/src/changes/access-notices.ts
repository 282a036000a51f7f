import { RuntimeConfig } from '#zakops/config';
import { Database, DatabaseConfig, DatabaseConnector, NoticeListener, sessionName } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { ACCESS_CHANNEL, parseAccessChange } from './access-change.js';
import { AccessChanges } from './access-changes.js';

/** Receives the changes of other processes. */
@Injectable()
export class AccessNotices implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #listener: NoticeListener;

  constructor(changes: AccessChanges, config: DatabaseConfig, connector: DatabaseConnector, database: Database, runtime: RuntimeConfig) {
    this.#listener = new NoticeListener(config, connector, database, {
      applicationName: sessionName('zakops-auth', runtime.processTag),
      channels: [ACCESS_CHANNEL],
      onNotice: (_channel, payload) => {
        const change = parseAccessChange(payload);
        if (change !== undefined) changes.notify(change);
      },
      onListening: () => {
        changes.notify(undefined);
      },
    });
  }

  /** True while notices of other processes arrive. */
  get isListening(): boolean {
    return this.#listener.isListening;
  }

  onApplicationBootstrap(): void {
    this.#listener.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#listener.stop();
  }
}
