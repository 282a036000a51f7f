import { ContributesHealth } from '#zakops/health';
import type { ComponentHealth, HealthContributor } from '#zakops/health';
import { SharedAnswer } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import type { OutboxStats } from './outbox-stats.js';
import { OutboxStatsReader } from './outbox-stats.reader.js';

/** Whether events are published and delivered, and nothing fails or is dead. */
@ContributesHealth({ name: 'outbox', runbook: 'outbox-not-processing' })
@Injectable()
export class OutboxHealth implements HealthContributor {
  readonly #stats: SharedAnswer<OutboxStats>;

  constructor(reader: OutboxStatsReader) {
    this.#stats = new SharedAnswer(() => reader.read());
  }

  async check(): Promise<ComponentHealth> {
    const { total, stuck, verdict, oldestDueAgeSeconds, consumers } = await this.#stats.get();
    const failing = consumers.reduce((sum, consumer) => sum + consumer.failing, 0);
    const stats = { pending: total.pending, failing, dead: total.dead, stuck, oldest_due_age_seconds: oldestDueAgeSeconds };
    if (verdict.healthy) return { state: 'up', stats };
    return { state: 'degraded', reason: verdict.summary, stats, ...(verdict.since === null ? {} : { since: verdict.since }) };
  }
}
