import { SharedAnswer } from '#zakops/kernel';
import { OutboxStatsReader } from '#zakops/outbox';
import type { OutboxStats } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { ContributesHealth } from './contributes-health.js';
import type { ComponentHealth, HealthContributor } from './health-contributor.js';

/** Whether events are published and delivered, and nothing fails or is dead. */
@ContributesHealth({ name: 'outbox', runbook: 'outbox-not-processing' })
@Injectable()
export class OutboxHealth implements HealthContributor {
  readonly #stats: SharedAnswer<OutboxStats>;

  constructor(reader: OutboxStatsReader) {
    this.#stats = new SharedAnswer(() => reader.read());
  }

  async check(): Promise<ComponentHealth> {
    const { total, stuck, health, oldestDueAgeSeconds } = await this.#stats.get();
    const figures = { pending: total.pending, dead: total.dead, stuck, oldest_due_age_seconds: oldestDueAgeSeconds };
    return health.healthy ? { state: 'up', figures } : { state: 'degraded', reason: health.summary, figures };
  }
}
