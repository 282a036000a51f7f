import { Database } from '#zakops/database';
import { SharedAnswer, within } from '#zakops/kernel';
import { defineFamily } from '#zakops/metrics';
import type { MetricDefinition, MetricFamily } from '#zakops/metrics';
import { Injectable, Logger } from '@nestjs/common';
import { AuditChainFigures } from './audit-chain.figures.js';
import { DatabaseFigures } from './database.figures.js';
import { DeadLetterFigures } from './dead-letter.figures.js';
import { OutboxFigures } from './outbox.figures.js';
import { ProcessFigures } from './process.figures.js';
import { RetentionFigures } from './retention.figures.js';
import type { SystemFigure } from './system-figure.js';

/** For how long the figures are given again, however many ask for them. */
export const FRESH_FOR_MS = 5_000;

/** How long a scrape waits for the database. */
export const LIMIT_MS = 2_000;

const DATABASE_UP = defineFamily('gauge', {
  name: 'zakops_scrape_database_up',
  help: 'Whether the figures of the whole system could be read from the database within two seconds: 1, or 0 and they are missing.',
});

/**
 * The metrics of the whole system, which every API process reads from the same database.
 *
 * @remarks Read one after the other, so that a scrape holds one connection, and at most once in five seconds. Figures that could not be
 * read are missing rather than old.
 */
@Injectable()
export class SystemFigures {
  readonly #logger = new Logger(SystemFigures.name);
  readonly #figures: readonly SystemFigure[];
  readonly #read: SharedAnswer<readonly MetricFamily[]>;

  constructor(
    private readonly database: Database,
    outbox: OutboxFigures,
    deadLetters: DeadLetterFigures,
    auditChain: AuditChainFigures,
    processes: ProcessFigures,
    databaseFigures: DatabaseFigures,
    retention: RetentionFigures,
  ) {
    this.#figures = [outbox, deadLetters, auditChain, processes, databaseFigures, retention];
    this.#read = new SharedAnswer(() => this.read(), FRESH_FOR_MS);
  }

  /** What {@link families} may give of the whole system, without what workers add. */
  get definitions(): readonly MetricDefinition[] {
    return this.#figures.flatMap(({ definitions }) => definitions);
  }

  /** What {@link families} gives of this process. */
  get ownDefinitions(): readonly MetricDefinition[] {
    return [DATABASE_UP];
  }

  /** Never fails, and takes two seconds at most. */
  async families(): Promise<readonly MetricFamily[]> {
    if (!this.database.isConnected) return [databaseUp(0)];
    try {
      return [databaseUp(1), ...(await within(LIMIT_MS, this.#read.get()))];
    } catch (error) {
      this.#logger.debug({ err: error }, 'The figures of the system are missing in a scrape.');
      return [databaseUp(0)];
    }
  }

  private async read(): Promise<readonly MetricFamily[]> {
    const families: MetricFamily[] = [];
    for (const figure of this.#figures) families.push(...(await figure.read()));
    return families;
  }
}

function databaseUp(value: 0 | 1): MetricFamily {
  return DATABASE_UP.of([{ labels: {}, value }]);
}
