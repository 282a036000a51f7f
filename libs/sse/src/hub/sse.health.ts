import { ContributesHealth } from '#zakops/health';
import type { ComponentHealth, HealthContributor } from '#zakops/health';
import { Injectable } from '@nestjs/common';
import { SseConfig } from '../sse.config.js';
import { LogTail } from '../log/log-tail.js';
import { StreamAdmission } from '../streams/stream-admission.js';

const NEARLY_FULL = 0.9;

/** How the streams of this process are, for the system health. */
@Injectable()
@ContributesHealth({ name: 'sse', runbook: 'high-memory-usage' })
export class SseHealth implements HealthContributor {
  constructor(
    private readonly admission: StreamAdmission,
    private readonly tail: LogTail,
    private readonly config: SseConfig,
  ) {}

  check(): ComponentHealth {
    const stats = { connections: this.admission.total, max: this.config.maxConnections };
    if (this.tail.head === undefined) return { state: 'down', reason: 'The event log has not been reached yet.', stats };
    if (this.admission.total >= NEARLY_FULL * this.config.maxConnections) {
      return { state: 'degraded', reason: 'Nearly as many streams are open as SSE_MAX_CONNECTIONS allows.', stats };
    }
    return { state: 'up', stats };
  }
}
