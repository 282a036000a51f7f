import { ProcessIdentity } from '#zakops/processes';
import { Injectable, Logger } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { LogEpoch } from '../log/log-epoch.js';
import { LEASE_TTL_MS, WorkerLease } from './worker-lease.js';

/** This worker's view of whether it is the active one. */
@Injectable()
export class Leadership {
  readonly #logger = new Logger(Leadership.name);
  /** Names this process in leases and tickets. */
  readonly owner: string;
  #fence: string | undefined;
  #validUntil = 0;
  #toldStandby = false;

  constructor(
    private readonly lease: WorkerLease,
    private readonly epoch: LogEpoch,
    identity: ProcessIdentity,
  ) {
    this.owner = identity.id;
  }

  /** The fencing number while the lease surely holds, by this machine's steady clock; undefined otherwise. */
  get fence(): string | undefined {
    return performance.now() < this.#validUntil ? this.#fence : undefined;
  }

  /**
   * Renews the lease, or tries to get it.
   *
   * @returns 'gained' right after a change of owner, 'kept' after a renewal, 'standby' while another worker is active
   */
  async maintain(report: () => Readonly<Record<string, unknown>>): Promise<'gained' | 'kept' | 'standby'> {
    // Before anything is published: positions that are given a second time must not look like those of before.
    await this.epoch.check();
    // The lease counts from before the question, so that a slow answer cannot make it look longer than it is.
    const askedAt = performance.now();
    if (this.#fence !== undefined) {
      if (await this.lease.renew(this.owner, this.#fence, report())) {
        this.#validUntil = askedAt + LEASE_TTL_MS;
        return 'kept';
      }
      this.#logger.warn({ owner: this.owner, fence: this.#fence }, 'The lease is lost; standing by.');
      this.resign();
    }
    const fence = await this.lease.acquire(this.owner);
    if (fence === undefined) {
      if (!this.#toldStandby) this.#logger.log({ owner: this.owner }, 'Another worker is active; standing by.');
      this.#toldStandby = true;
      return 'standby';
    }
    this.#toldStandby = false;
    this.#fence = fence;
    this.#validUntil = askedAt + LEASE_TTL_MS;
    this.#logger.log({ owner: this.owner, fence }, 'This worker is the active one now.');
    return 'gained';
  }

  /** Acts no more as the active worker, whatever the row says. */
  resign(): void {
    this.#fence = undefined;
    this.#validUntil = 0;
  }

  /** Gives the lease back at the end. */
  async release(): Promise<void> {
    const fence = this.#fence;
    this.resign();
    if (fence !== undefined) await this.lease.release(this.owner, fence);
  }
}
