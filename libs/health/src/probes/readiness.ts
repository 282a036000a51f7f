import { SharedAnswer } from '#zakops/kernel';
import { Injectable, Logger, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService } from '@nestjs/terminus';
import type { HealthCheckResult } from '@nestjs/terminus';
import type { CheckResult } from '../components/check-result.js';
import { ContributedIndicator } from './contributed.indicator.js';
import { DatabaseIndicator } from '../components/database.indicator.js';
import { Draining } from './draining.js';
import { MigrationsIndicator } from './migrations.indicator.js';

const FRESH_FOR_MS = 1_000;

/** Whether requests should be sent here. */
export interface ReadinessAnswer {
  readonly ready: boolean;
  /** Each check with `status` up, degraded or down. */
  readonly checks: CheckResult;
}

/** The readiness probe: database, migrations, draining; checked once a second at most, however many ask. */
@Injectable()
export class Readiness {
  readonly #logger = new Logger(Readiness.name);
  readonly #answer: SharedAnswer<ReadinessAnswer>;
  #wasReady: boolean | undefined;
  #hasBeenReady = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly database: DatabaseIndicator,
    private readonly migrations: MigrationsIndicator,
    private readonly contributed: ContributedIndicator,
    private readonly draining: Draining,
  ) {
    this.#answer = new SharedAnswer(() => this.check(), FRESH_FOR_MS);
  }

  /** True once the process was ready; it stays true. */
  get hasBeenReady(): boolean {
    return this.#hasBeenReady;
  }

  /** At most two seconds, also while the database hangs. */
  async read(): Promise<ReadinessAnswer> {
    // Not from the cache: the very next probe of a stopping process must be refused.
    if (this.draining.begun) return { ready: false, checks: { draining: { status: 'down', reason: 'This process is stopping.' } } };
    return this.#answer.get();
  }

  private async check(): Promise<ReadinessAnswer> {
    const { status, details } = await this.runChecks();
    const answer = { ready: status === 'ok' || status === 'degraded', checks: details };
    this.logChange(answer);
    this.#hasBeenReady ||= answer.ready;
    return answer;
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

  private logChange({ ready, checks }: ReadinessAnswer): void {
    if (ready === this.#wasReady) return;
    // No process is ready when it starts, so this is no warning.
    if (!ready && this.#wasReady === undefined) this.#logger.log({ checks }, 'Not ready yet.');
    else if (!ready) this.#logger.warn({ checks }, 'Not ready: requests should go elsewhere.');
    else if (this.#wasReady === false) this.#logger.log('Ready.');
    this.#wasReady = ready;
  }
}
