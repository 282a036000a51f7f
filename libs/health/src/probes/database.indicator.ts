import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { performance } from 'node:perf_hooks';
import type { CheckResult } from './check-result.js';
import { publicReason } from './public-reason.js';
import { SharedAnswer } from './shared-answer.js';
import { within } from './within.js';

/** How long a probe waits for the database. */
export const DATABASE_LIMIT_MS = 1_800;

/** Whether the pool reaches the database, and the database takes writes. */
@Injectable()
export class DatabaseIndicator {
  readonly #ping: SharedAnswer<boolean>;

  constructor(
    private readonly database: Database,
    private readonly indicators: HealthIndicatorService,
  ) {
    this.#ping = new SharedAnswer(() => this.database.takesWrites());
  }

  async check(): Promise<CheckResult<'database'>> {
    const session = this.indicators.check('database');
    if (!this.database.isConnected) return session.down({ reason: 'The database has not been reached since the start.' });
    const startedAt = performance.now();
    try {
      if (!(await within(DATABASE_LIMIT_MS, this.#ping.get()))) return session.down({ reason: 'The database takes no changes.' });
      return session.up({ response_time_ms: Math.round(performance.now() - startedAt) });
    } catch (error) {
      return session.down({ reason: publicReason(error) });
    }
  }
}
