import { ProcessIdentity } from '#zakops/processes';
import { Injectable, Logger } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { LogEpoch } from '../log/log-epoch.js';
import { LEASE_TTL_MS, WorkerLease } from './worker-lease.js';
import type { TakenLease } from './worker-lease.js';

/** What a look at the lease led to. */
export type LeaseOutcome = { readonly is: 'gained'; readonly lease: TakenLease } | { readonly is: 'kept' | 'standby' };

/** This worker's view of whether it is the active one. */
@Injectable()
export class Leadership {
  readonly #logger = new Logger(Leadership.name);
  /** Names this process in leases. */
  readonly owner: string;
  #fence: string | undefined;
  #isReady = false;
  #validUntil = 0;
  #toldStandby = false;

  constructor(
    private readonly lease: WorkerLease,
    private readonly epoch: LogEpoch,
    identity: ProcessIdentity,
  ) {
    this.owner = identity.id;
  }

  /**
   * The fencing number while this worker may publish and deliver: it has taken over, and the lease surely holds by this machine's steady
   * clock. Undefined otherwise.
   */
  get fence(): string | undefined {
    return this.#isReady && performance.now() < this.#validUntil ? this.#fence : undefined;
  }

  /** Renews the lease, or tries to get it. After `gained` the worker takes over, and then calls {@link ready}. */
  async maintain(report: () => Readonly<Record<string, unknown>>): Promise<LeaseOutcome> {
    // Before anything is published: positions that are given a second time must not look like those of before.
    await this.epoch.check();
    // The lease counts from before the question, so that a slow answer cannot make it look longer than it is.
    const askedAt = performance.now();
    if (this.#fence !== undefined) {
      if (await this.lease.renew(this.owner, this.#fence, report())) {
        this.#validUntil = askedAt + LEASE_TTL_MS;
        return { is: 'kept' };
      }
      this.#logger.warn({ owner: this.owner, fence: this.#fence }, 'The lease is lost; standing by.');
      this.resign(this.#fence);
    }
    const lease = await this.lease.acquire(this.owner);
    if (lease === undefined) {
      if (!this.#toldStandby) this.#logger.log({ owner: this.owner }, 'Another worker is active; standing by.');
      this.#toldStandby = true;
      return { is: 'standby' };
    }
    this.#toldStandby = false;
    this.#fence = lease.fence;
    this.#isReady = false;
    this.#validUntil = askedAt + LEASE_TTL_MS;
    return { is: 'gained', lease };
  }

  /** Begins to act as the active worker under a lease that it has taken; nothing when it was lost meanwhile. */
  ready(fence: string): void {
    if (this.#fence !== fence) return;
    this.#isReady = true;
    this.#logger.log({ owner: this.owner, fence }, 'This worker is the active one now.');
  }

  /**
   * Stops acting as the active worker, whatever the row says.
   *
   * @param fence - of the lease to resign; a later lease stays
   */
  resign(fence: string): void {
    if (fence !== this.#fence) return;
    this.#fence = undefined;
    this.#isReady = false;
    this.#validUntil = 0;
  }

  /**
   * Gives a lease back.
   *
   * @param fence - of the lease to give back; a later lease stays. Default: the present one
   */
  async release(fence = this.#fence): Promise<void> {
    if (fence === undefined || fence !== this.#fence) return;
    this.resign(fence);
    await this.lease.release(this.owner, fence);
  }
}
