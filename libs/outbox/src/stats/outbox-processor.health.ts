import { ContributesHealth } from '#zakops/health';
import type { ComponentHealth, HealthContributor, ProbeLine } from '#zakops/health';
import { SharedAnswer } from '#zakops/kernel';
import { explainFailing, sayFailing } from '#zakops/worker-health';
import { Injectable } from '@nestjs/common';
import { toFailingLoopResponse } from './to-failing-loop-response.js';
import { LeaderStatusReader } from './leader-status.js';
import type { LeaderStatus } from './leader-status.js';

/** Whether a worker is active, and whether its loops succeed. */
@ContributesHealth({ name: 'outbox_processor', runbook: 'outbox-not-processing' })
@Injectable()
export class OutboxProcessorHealth implements HealthContributor {
  readonly #leader: SharedAnswer<LeaderStatus>;

  constructor(reader: LeaderStatusReader) {
    this.#leader = new SharedAnswer(() => reader.read());
  }

  async check(): Promise<ComponentHealth> {
    const { alive, owner, since, lastHeartbeatAt, failing } = await this.#leader.get();
    const stats = { owner, last_heartbeat_at: lastHeartbeatAt?.toISOString() ?? null, failing: failing.map(toFailingLoopResponse) };
    const failingSince = failing[0]?.since;
    if (alive && failingSince !== undefined) return { state: 'degraded', reason: explainFailing(failing), since: failingSince, stats };
    if (alive) return { state: 'up', stats, ...(since === null ? {} : { since }) };
    if (lastHeartbeatAt === null) return { state: 'down', reason: 'No worker has been active yet.', stats };
    const silent = 'No worker is active; the last one was heard at this time.';
    const reason = failingSince === undefined ? silent : `${silent} ${explainFailing(failing)}`;
    return { state: 'down', reason, since: lastHeartbeatAt, stats };
  }

  /** For information: the API serves without a worker, and its events wait in the database. */
  async probe(): Promise<ProbeLine> {
    const { alive, failing } = await this.#leader.get();
    const why = failing.length === 0 ? {} : { reason: sayFailing(failing) };
    if (!alive) return { status: 'degraded', state: 'not_running', ...why };
    return failing.length === 0 ? { status: 'up', state: 'running' } : { status: 'degraded', state: 'failing', ...why };
  }
}
