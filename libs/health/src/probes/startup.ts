import { Injectable } from '@nestjs/common';
import type { CheckResult } from '../components/check-result.js';
import { Readiness } from './readiness.js';

/** The startup probe: once the process was ready, it stays good. */
@Injectable()
export class Startup {
  constructor(private readonly readiness: Readiness) {}

  /** Null when started; otherwise what the start waits for. */
  async waitingFor(): Promise<string | null> {
    // A process that served and now stops has not gone back to starting.
    if (this.readiness.hasBeenReady) return null;
    const { ready, checks } = await this.readiness.read();
    return ready ? null : reasonsOf(checks);
  }
}

function reasonsOf(checks: CheckResult): string {
  return Object.values(checks)
    .flatMap((check) => (check.status === 'down' && check.reason !== undefined ? [check.reason] : []))
    .join(' ');
}
