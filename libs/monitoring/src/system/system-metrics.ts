import { Database } from '#zakops/database';
import { SharedAnswer, within } from '#zakops/kernel';
import { ContributesSystemMetrics, defineFamily } from '#zakops/metrics';
import type { MetricDefinition, MetricFamily, SystemMetricsContributor } from '#zakops/metrics';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/** How long a result of the contributors is reused, however often Prometheus scrapes. */
export const FRESH_FOR_MS = 5_000;

/** How long a scrape waits for the database. */
export const LIMIT_MS = 2_000;

const DATABASE_UP = defineFamily('gauge', {
  name: 'zakops_scrape_database_up',
  help: 'Whether the metrics of the whole system could be read from the database within two seconds: 1, or 0 and they are missing.',
});

/** A provider is marked with `@ContributesSystemMetrics` but has no `read` method: a defect. */
export class SystemMetricsDeclarationError extends Error {
  constructor(name: string) {
    super(`System metrics ${name}: it has no read method.`);
    this.name = 'SystemMetricsDeclarationError';
  }
}

/**
 * The metrics of the whole system, which every API process reads from the same database.
 *
 * @remarks Finds its contributors by `@ContributesSystemMetrics`. Reads them one after the other, so that a scrape holds one connection, and
 * at most once in five seconds. A metric that cannot be read is missing rather than old.
 */
@Injectable()
export class SystemMetrics implements OnApplicationBootstrap {
  readonly #logger = new Logger(SystemMetrics.name);
  readonly #read = new SharedAnswer(() => this.read(), FRESH_FOR_MS);
  #found: readonly SystemMetricsContributor[] | undefined;

  constructor(
    private readonly database: Database,
    private readonly discovery: DiscoveryService,
  ) {}

  /** @throws SystemMetricsDeclarationError at the start, where a scrape would only show a database that is away */
  onApplicationBootstrap(): void {
    this.contributors();
  }

  /** What the contributors may give, without what workers add. */
  get definitions(): readonly MetricDefinition[] {
    return this.contributors().flatMap(({ definitions }) => definitions);
  }

  /** What {@link families} gives about this process. */
  get ownDefinitions(): readonly MetricDefinition[] {
    return [DATABASE_UP];
  }

  /** Never fails, and takes two seconds at most. */
  async families(): Promise<readonly MetricFamily[]> {
    if (!this.database.isConnected) return [databaseUp(0)];
    try {
      return [databaseUp(1), ...(await within(LIMIT_MS, this.#read.get()))];
    } catch (error) {
      this.#logger.debug({ err: error }, 'A scrape lacks the metrics of the whole system.');
      return [databaseUp(0)];
    }
  }

  private async read(): Promise<readonly MetricFamily[]> {
    const families: MetricFamily[] = [];
    for (const contributor of this.contributors()) families.push(...(await contributor.read()));
    return families;
  }

  private contributors(): readonly SystemMetricsContributor[] {
    this.#found ??= [...new Set(this.discovery.getProviders({ metadataKey: ContributesSystemMetrics.KEY }).map(toContributor))];
    return this.#found;
  }
}

function toContributor({ name, instance }: { readonly name: string; readonly instance: unknown }): SystemMetricsContributor {
  if (!isContributor(instance)) throw new SystemMetricsDeclarationError(name);
  return instance;
}

function isContributor(instance: unknown): instance is SystemMetricsContributor {
  return typeof instance === 'object' && instance !== null && 'read' in instance && typeof instance.read === 'function';
}

function databaseUp(value: 0 | 1): MetricFamily {
  return DATABASE_UP.of([{ labels: {}, value }]);
}
