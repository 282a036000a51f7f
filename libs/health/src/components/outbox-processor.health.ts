import { SharedAnswer } from '#zakops/kernel';
import { LeaderStatusReader, toFailingLoopResponse } from '#zakops/outbox';
import type { LeaderStatus } from '#zakops/outbox';
import { explainFailing } from '#zakops/worker-health';
import { Injectable } from '@nestjs/common';
import { ContributesHealth } from './contributes-health.js';
import type { ComponentHealth, HealthContributor } from './health-contributor.js';

/** Whether a worker is active, and what it does succeeds. */
@ContributesHealth({ name: 'outbox_processor', runbook: 'outbox-not-processing' })
@Injectable()
export class OutboxProcessorHealth implements HealthContributor {
  readonly #leader: SharedAnswer<LeaderStatus>;

  constructor(reader: LeaderStatusReader) {
    this.#leader = new SharedAnswer(() => reader.read());
  }

  async check(): Promise<ComponentHealth> {
    const { alive, owner, since, lastHeartbeatAt, failing } = await this.#leader.get();
    const figures = { owner, last_heartbeat_at: lastHeartbeatAt?.toISOString() ?? null, failing: failing.map(toFailingLoopResponse) };
    const failingSince = failing[0]?.since;
    if (alive && failingSince !== undefined) return { state: 'degraded', reason: explainFailing(failing), since: failingSince, figures };
    if (alive) return { state: 'up', figures, ...(since === null ? {} : { since }) };
    if (lastHeartbeatAt === null) return { state: 'down', reason: 'No worker has been active yet.', figures };
    const silent = 'No worker is active; the last one was heard at this time.';
    const reason = failingSince === undefined ? silent : `${silent} ${explainFailing(failing)}`;
    return { state: 'down', reason, since: lastHeartbeatAt, figures };
  }
}
