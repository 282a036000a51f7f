import type { Principal } from '#zakops/auth';
import { SseConfig, StreamAdmission, StreamRegistry } from '#zakops/sse';
import { Injectable } from '@nestjs/common';
import { encodeBye } from './ops-frames.js';

/** The most state streams of one session or key in one process; they count beside its event streams. */
export const MOST_PER_SESSION = 4;

/** Counts state streams apart from event streams. */
@Injectable()
export class OpsAdmission extends StreamAdmission {
  constructor({ maxConnections }: SseConfig) {
    super({ maxConnections, maxPerUser: MOST_PER_SESSION });
  }

  protected override get fallback(): string {
    return 'GET /api/admin/ops/snapshot';
  }
}

/** The state streams of this process. */
export class OpsStreams extends StreamRegistry {
  protected override ownerOf(principal: Principal): string | undefined {
    return principal.sessionId ?? principal.apiKeyId ?? super.ownerOf(principal);
  }

  protected override lastWords(reconnectMs: number, reason: 'shutdown' | 'unauthorized' = 'shutdown'): string {
    return encodeBye(reconnectMs, reason);
  }
}
