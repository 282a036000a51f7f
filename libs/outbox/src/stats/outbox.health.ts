import { ContributesHealth } from '#zakops/health';
import type { ComponentHealth, HealthContributor } from '#zakops/health';
import { SharedAnswer } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import { toPauseResponse } from '../http/to-pause-response.js';
import type { OutboxStats } from './outbox-stats.js';
import { OutboxStatsReader } from './outbox-stats.reader.js';

/** Whether events are published and delivered, and nothing is paused, fails or is dead. */
@ContributesHealth({ name: 'outbox', runbook: 'outbox-not-processing' })
@Injectable()
export class OutboxHealth implements HealthContributor {
  readonly #stats: SharedAnswer<OutboxStats>;

  constructor(reader: OutboxStatsReader) {
    this.#stats = new SharedAnswer(() => reader.read());
  }

  async check(): Promise<ComponentHealth> {
    const { total, stuck, verdict, oldestDueAgeSeconds, pauses } = await this.#stats.get();
    const stats = {
      pending: total.pending,
      dead: total.dead,
      stuck,
      oldest_due_age_seconds: oldestDueAgeSeconds,
      pauses: pauses.map(toPauseResponse),
    };
    return verdict.healthy ? { state: 'up', stats } : { state: 'degraded', reason: verdict.summary, stats };
  }
}
