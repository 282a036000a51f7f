import { Database } from '#zakops/database';
import { within } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { HealthContributors } from '../components/health-contributors.js';
import type { RegisteredContributor } from '../components/health-contributors.js';
import type { CheckResult } from '../components/check-result.js';
import { DATABASE_LIMIT_MS } from '../components/database.indicator.js';

/** The lines that components add to the readiness probe. None of them makes the process unready. */
@Injectable()
export class ContributedIndicator {
  constructor(
    private readonly database: Database,
    private readonly contributors: HealthContributors,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** One check for each contributor that has a line. */
  checks(): readonly (() => Promise<CheckResult>)[] {
    return this.contributors
      .all()
      .flatMap((registered) => (registered.contributor.probe === undefined ? [] : [() => this.check(registered)]));
  }

  private async check({ name, contributor }: RegisteredContributor): Promise<CheckResult> {
    const session = this.indicators.check(name);
    try {
      const line = this.database.isConnected ? contributor.probe?.() : undefined;
      if (line === undefined) return session.degraded({ state: 'unknown' });
      const { status, ...details } = await within(DATABASE_LIMIT_MS, line);
      return status === 'up' ? session.up(details) : session.degraded(details);
    } catch {
      return session.degraded({ state: 'unknown' });
    }
  }
}
