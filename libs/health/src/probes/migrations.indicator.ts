import { Database, SchemaVersion } from '#zakops/database';
import { SharedAnswer, within } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { CheckResult } from '../components/check-result.js';
import { DATABASE_LIMIT_MS } from '../components/database.indicator.js';
import { publicReason } from '../components/public-reason.js';

/** Whether the schema is as new as this build needs. */
@Injectable()
export class MigrationsIndicator {
  readonly #pending: SharedAnswer<readonly string[]>;
  #wasComplete = false;

  constructor(
    private readonly database: Database,
    private readonly schema: SchemaVersion,
    private readonly indicators: HealthIndicatorService,
  ) {
    this.#pending = new SharedAnswer(() => this.schema.pending());
  }

  async check(): Promise<CheckResult<'migrations'>> {
    const session = this.indicators.check('migrations');
    if (!this.database.isConnected) return session.down({ reason: 'Not known before the database is reached.' });
    try {
      const pending = await within(DATABASE_LIMIT_MS, this.#pending.get());
      this.#wasComplete = pending.length === 0;
      if (this.#wasComplete) return session.up({ pending: 0 });
      return session.down({ pending: pending.length, reason: `Migrations are pending: ${pending.join(', ')}.` });
    } catch (error) {
      // A schema does not go back while its table is locked, or while all connections are in use. Another check says whether the
      // database answers.
      if (this.#wasComplete) return session.up({ pending: 0 });
      return session.down({ reason: publicReason(error) });
    }
  }
}
