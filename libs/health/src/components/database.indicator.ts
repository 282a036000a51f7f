import { Database, ServerProbe } from '#zakops/database';
import { NoAnswerError, SharedAnswer, within } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { performance } from 'node:perf_hooks';
import type { CheckResult } from './check-result.js';
import { publicReason } from './public-reason.js';

/** How long a probe waits for the database. */
export const DATABASE_LIMIT_MS = 1_800;

// The rest of the limit is for a connection outside of the pool.
const POOL_LIMIT_MS = 900;

type Finding = 'up' | 'crowded' | 'busy' | 'read-only';

const DEGRADED = {
  crowded: 'All connections for changes are in use.',
  busy: 'All connections of this process are in use.',
};

/** Whether the database takes writes, and the pool of this process has connections left. */
@Injectable()
export class DatabaseIndicator {
  readonly #ping: SharedAnswer<boolean>;
  readonly #past: SharedAnswer<boolean>;

  constructor(
    private readonly database: Database,
    server: ServerProbe,
    private readonly indicators: HealthIndicatorService,
  ) {
    this.#ping = new SharedAnswer(() => this.database.takesWrites());
    this.#past = new SharedAnswer(() => server.takesWrites(DATABASE_LIMIT_MS - POOL_LIMIT_MS));
  }

  /** `degraded`, not `down`, while all connections are in use, or all for changes: the same calls would make another process as busy. */
  async check(): Promise<CheckResult<'database'>> {
    const session = this.indicators.check('database');
    if (!this.database.isConnected) return session.down({ reason: 'The database has not been reached since the start.' });
    const startedAt = performance.now();
    try {
      const found = await within(DATABASE_LIMIT_MS, this.find());
      if (found === 'read-only') return session.down({ reason: 'The database takes no changes.' });
      const details = { response_time_ms: Math.round(performance.now() - startedAt) };
      return found === 'up' ? session.up(details) : session.degraded({ reason: DEGRADED[found], ...details });
    } catch (error) {
      return session.down({ reason: publicReason(error) });
    }
  }

  private async find(): Promise<Finding> {
    try {
      if (!(await within(POOL_LIMIT_MS, this.#ping.get()))) return 'read-only';
      return this.database.isCrowdedByChanges ? 'crowded' : 'up';
    } catch (error) {
      if (!this.database.isExhausted) {
        if (!(error instanceof NoAnswerError)) throw error;
        // The rest of the limit: a slow server is not away yet.
        return (await this.#ping.get()) ? 'up' : 'read-only';
      }
      return (await this.#past.get()) ? 'busy' : 'read-only';
    }
  }
}
