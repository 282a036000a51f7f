import { RuntimeConfig } from '#zakops/config';
import { Database, SchemaVersion } from '#zakops/database';
import { SharedAnswer, within } from '#zakops/kernel';
import { Metrics } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';

const SCHEMA_FRESH_FOR_MS = 30_000;
const SCHEMA_LIMIT_MS = 500;

/** The build of this process, and the newest migration that it has seen in the database. */
@Injectable()
export class BuildMetrics {
  readonly #schema: SharedAnswer<string | null>;
  #lastSeen: string | null = null;

  constructor(
    metrics: Metrics,
    { version, commit, buildTime }: RuntimeConfig,
    private readonly database: Database,
    schema: SchemaVersion,
  ) {
    this.#schema = new SharedAnswer(() => schema.current(), SCHEMA_FRESH_FOR_MS);
    metrics.gauge({
      name: 'zakops_build_info',
      help: 'Always 1: the build of a process, and the newest migration that it has seen in the database (`unknown` before it was reached).',
      labelNames: ['version', 'commit', 'build_time', 'schema_version'],
      collect: async (gauge) => {
        const schemaVersion = (await this.schemaVersion()) ?? 'unknown';
        gauge.reset();
        gauge.set({ version, commit, build_time: buildTime, schema_version: schemaVersion }, 1);
      },
    });
  }

  private async schemaVersion(): Promise<string | null> {
    if (!this.database.isConnected) return this.#lastSeen;
    try {
      this.#lastSeen = await within(SCHEMA_LIMIT_MS, this.#schema.get());
    } catch {
      // The build must be scraped in any case; another metric says whether the database answers.
    }
    return this.#lastSeen;
  }
}
