import { RuntimeConfig } from '#zakops/config';
import { Database, SchemaVersion } from '#zakops/database';
import { SharedAnswer, within } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';

const SCHEMA_LIMIT_MS = 1_000;
const SCHEMA_FRESH_FOR_MS = 1_000;

/** Which build this is, and which schema it meets. */
export interface BuildInfo {
  readonly version: string;
  readonly commit: string;
  readonly buildTime: string;
  readonly environment: string;
  /** The newest applied migration; as last seen while the database is away, null before it was ever reached. */
  readonly schemaVersion: string | null;
}

/** Reads build and schema, also while the database is away. */
@Injectable()
export class BuildInfoReader {
  readonly #schema: SharedAnswer<string | null>;
  #lastSeen: string | null = null;

  constructor(
    private readonly config: RuntimeConfig,
    private readonly database: Database,
    schema: SchemaVersion,
  ) {
    this.#schema = new SharedAnswer(() => schema.current(), SCHEMA_FRESH_FOR_MS);
  }

  async read(): Promise<BuildInfo> {
    const { version, commit, buildTime, appEnv } = this.config;
    return { version, commit, buildTime, environment: appEnv, schemaVersion: await this.schemaVersion() };
  }

  private async schemaVersion(): Promise<string | null> {
    if (!this.database.isConnected) return this.#lastSeen;
    try {
      this.#lastSeen = await within(SCHEMA_LIMIT_MS, this.#schema.get());
    } catch {
      // The build must be answered in any case; the readiness probe says that the database is away.
    }
    return this.#lastSeen;
  }
}
