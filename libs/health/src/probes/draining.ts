import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';

/**
 * Whether this process is stopping: balancers are to send it nothing more while it finishes what it has.
 *
 * @remarks Begins with the first phase of the shutdown, so that it holds before any `beforeApplicationShutdown` hook of whatever module
 * waits for the balancers to notice.
 */
@Injectable()
export class Draining implements OnModuleDestroy {
  #begun = false;

  get begun(): boolean {
    return this.#begun;
  }

  onModuleDestroy(): void {
    this.#begun = true;
  }
}
