import { Injectable } from '@nestjs/common';
import type { CheckResult } from './check-result.js';
import { Readiness } from './readiness.js';

/** The startup probe: once it has been good, it is good for ever. */
@Injectable()
export class Startup {
  #started = false;

  constructor(private readonly readiness: Readiness) {}

  /** Null when started; otherwise what the start waits for. */
  async waitingFor(): Promise<string | null> {
    if (this.#started) return null;
    const { ready, checks } = await this.readiness.report();
    this.#started = ready;
    return ready ? null : reasonsOf(checks);
  }
}

function reasonsOf(checks: CheckResult): string {
  return Object.values(checks)
    .flatMap((check) => (check.status === 'down' && check.reason !== undefined ? [check.reason] : []))
    .join(' ');
}
