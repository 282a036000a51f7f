import { Database } from '#zakops/database';
import { SharedAnswer, within } from '#zakops/kernel';
import { LeaderStatusReader } from '#zakops/outbox';
import type { LeaderStatus } from '#zakops/outbox';
import { sayFailing } from '#zakops/worker-health';
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { CheckResult } from './check-result.js';
import { DATABASE_LIMIT_MS } from './database.indicator.js';

/**
 * Whether a worker is active and succeeds: for information only, as the API serves without one, and its events wait in the database.
 *
 * @remarks Everybody may ask, so which loop fails is said, and not of what.
 */
@Injectable()
export class OutboxProcessorIndicator {
  readonly #leader: SharedAnswer<LeaderStatus>;

  constructor(
    private readonly database: Database,
    private readonly reader: LeaderStatusReader,
    private readonly indicators: HealthIndicatorService,
  ) {
    this.#leader = new SharedAnswer(() => this.reader.read());
  }

  async check(): Promise<CheckResult<'outbox_processor'>> {
    const session = this.indicators.check('outbox_processor');
    if (!this.database.isConnected) return session.degraded({ state: 'unknown' });
    try {
      const { alive, failing } = await within(DATABASE_LIMIT_MS, this.#leader.get());
      const facts = failing.length === 0 ? {} : { reason: sayFailing(failing) };
      if (!alive) return session.degraded({ state: 'not_running', ...facts });
      return failing.length === 0 ? session.up({ state: 'running' }) : session.degraded({ state: 'failing', ...facts });
    } catch {
      return session.degraded({ state: 'unknown' });
    }
  }
}
