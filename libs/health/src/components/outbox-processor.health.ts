import { LeaderStatusReader } from '#zakops/outbox';
import type { LeaderStatus } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { SharedAnswer } from '../probes/shared-answer.js';
import { ContributesHealth } from './contributes-health.js';
import type { ComponentHealth, HealthContributor } from './health-contributor.js';

/** Whether a worker is active. */
@ContributesHealth({ name: 'outbox_processor', runbook: 'outbox-not-processing' })
@Injectable()
export class OutboxProcessorHealth implements HealthContributor {
  readonly #leader: SharedAnswer<LeaderStatus>;

  constructor(reader: LeaderStatusReader) {
    this.#leader = new SharedAnswer(() => reader.read());
  }

  async check(): Promise<ComponentHealth> {
    const { alive, owner, since, lastHeartbeatAt } = await this.#leader.get();
    const figures = { owner, last_heartbeat_at: lastHeartbeatAt?.toISOString() ?? null };
    if (alive) return { state: 'up', figures, ...(since === null ? {} : { since }) };
    if (lastHeartbeatAt === null) return { state: 'down', reason: 'No worker has been active yet.', figures };
    return { state: 'down', reason: 'No worker is active; the last one was heard at this time.', since: lastHeartbeatAt, figures };
  }
}
