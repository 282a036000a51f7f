import { Injectable } from '@nestjs/common';
import { DatabaseIndicator } from './database.indicator.js';
import { ContributesHealth } from './contributes-health.js';
import type { ComponentHealth, HealthContributor } from './health-contributor.js';

/** Whether the database answers. */
@ContributesHealth({ name: 'database', runbook: 'database-connection-errors' })
@Injectable()
export class DatabaseHealth implements HealthContributor {
  constructor(private readonly indicator: DatabaseIndicator) {}

  async check(): Promise<ComponentHealth> {
    const { status, reason, response_time_ms: ms } = (await this.indicator.check()).database;
    if (status === 'up') return { state: 'up', stats: { response_time_ms: ms ?? null } };
    const state = status === 'degraded' ? 'degraded' : 'down';
    return { state, ...(reason === undefined ? {} : { reason }) };
  }
}
