import { RuntimeConfig } from '#zakops/config';
import { isEncrypted } from '#zakops/postgres';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DatabaseConfig } from '../database.config.js';

/** Warns at the start of a production process when its connection to the database is not encrypted. */
@Injectable()
export class EncryptionWarning implements OnApplicationBootstrap {
  readonly #logger = new Logger(EncryptionWarning.name);

  constructor(
    private readonly runtime: RuntimeConfig,
    private readonly config: DatabaseConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.runtime.appEnv !== 'production' || isEncrypted(this.config.url)) return;
    this.#logger.warn(
      'The connection to the database is not encrypted: set sslmode=verify-full in DATABASE_URL, and DB_SSL_REQUIRED=true.',
    );
  }
}
