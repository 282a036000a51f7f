import { SharedAnswer } from '#zakops/kernel';
import { Injectable, Logger, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService } from '@nestjs/terminus';
import type { HealthCheckResult } from '@nestjs/terminus';
import type { CheckResult } from './check-result.js';
import { ContributedIndicator } from './contributed.indicator.js';
import { DatabaseIndicator } from './database.indicator.js';
import { Draining } from './draining.js';
import { MigrationsIndicator } from './migrations.indicator.js';

const FRESH_FOR_MS = 1_000;

/** Whether requests should be sent here. */
export interface ReadinessReport {
  readonly ready: boolean;
  /** Each check with `status` up, degraded or down. */
  readonly checks: CheckResult;
}

/** The readiness probe: database, migrations, draining; checked once a second at most, however many ask. */
@Injectable()
export class Readiness {
  readonly #logger = new Logger(Readiness.name);
  readonly #report: SharedAnswer<ReadinessReport>;
  #wasReady: boolean | undefined;
  #hasBeenReady = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly database: DatabaseIndicator,
    private readonly migrations: MigrationsIndicator,
    private readonly contributed: ContributedIndicator,
    private readonly draining: Draining,
  ) {
    this.#report = new SharedAnswer(() => this.check(), FRESH_FOR_MS);
  }

  /** True for ever once a report was good. */
  get hasBeenReady(): boolean {
    return this.#hasBeenReady;
  }

  /** At most two seconds, also while the database hangs. */
  async report(): Promise<ReadinessReport> {
    // Past the cache, so that the very next probe of a stopping process is refused.
    if (this.draining.begun) return { ready: false, checks: { draining: { status: 'down', reason: 'This process is stopping.' } } };
    return this.#report.get();
  }

  private async check(): Promise<ReadinessReport> {
    const { status, details } = await this.runChecks();
    const report = { ready: status === 'ok' || status === 'degraded', checks: details };
    this.logChange(report);
    this.#hasBeenReady ||= report.ready;
    return report;
  }

  private async runChecks(): Promise<HealthCheckResult<CheckResult>> {
    try {
      return await this.health.check([() => this.database.check(), () => this.migrations.check(), ...this.contributed.checks()]);
    } catch (error) {
      // Terminus throws a bad result instead of returning it.
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult<CheckResult>;
      throw error;
    }
  }

  private logChange({ ready, checks }: ReadinessReport): void {
    if (ready === this.#wasReady) return;
    // Every start is not ready at first: nothing to warn of.
    if (!ready && this.#wasReady === undefined) this.#logger.log({ checks }, 'Not ready yet.');
    else if (!ready) this.#logger.warn({ checks }, 'Not ready: requests should go elsewhere.');
    else if (this.#wasReady === false) this.#logger.log('Ready.');
    this.#wasReady = ready;
  }
}
