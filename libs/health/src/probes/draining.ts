import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { performance } from 'node:perf_hooks';

/**
 * Whether this process is stopping: balancers are to send it nothing more while it finishes what it has.
 *
 * @remarks Begins with the signal to stop, or at the latest with the first phase of the shutdown.
 */
@Injectable()
export class Draining implements OnModuleDestroy {
  #begunAtMs: number | undefined;

  get begun(): boolean {
    return this.#begunAtMs !== undefined;
  }

  /** Milliseconds since it began; 0 before. */
  get forMs(): number {
    return this.#begunAtMs === undefined ? 0 : performance.now() - this.#begunAtMs;
  }

  /** Makes the very next readiness probe fail. There is no way back. */
  begin(): void {
    this.#begunAtMs ??= performance.now();
  }

  onModuleDestroy(): void {
    this.begin();
  }
}
