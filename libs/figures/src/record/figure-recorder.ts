import { RuntimeConfig } from '#zakops/config';
import { DatabaseConnector } from '#zakops/database';
import { RepeatingTask, within } from '#zakops/kernel';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { FigureContributors } from '../contribute/figure-contributors.js';
import { CountedSince } from './counted-since.js';
import { FigureSampleStore } from './figure-sample.store.js';
import type { AddedTo } from './figure-sample.store.js';
import { TIERS } from './tiers.js';

/** Injection token: whether this process claims a bucket at once. */
export const CLAIMS_AT_ONCE = Symbol('CLAIMS_AT_ONCE');

/** How often a process adds what it has counted: as often as its heartbeat. */
const ADD_EVERY_MS = 5_000;
const LAST_WORDS_MS = 1_000;

/**
 * Keeps figures with their past: adds what this process counts to the present bucket, and reads the state of the system when it is the one
 * that claimed the bucket.
 *
 * @remarks No leader: charts go on while no worker is active. What was counted while a bucket could not be written is dropped, so that a gap
 * stays a gap and no later bucket shows a peak that never was.
 */
@Injectable()
export class FigureRecorder implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(FigureRecorder.name);
  readonly #counted = new CountedSince();
  readonly #task: RepeatingTask;
  #rolledUp = 0;
  #hasAdded = false;
  #isStopped = false;

  constructor(
    @Inject(CLAIMS_AT_ONCE) private readonly claimsAtOnce: boolean,
    private readonly contributors: FigureContributors,
    private readonly store: FigureSampleStore,
    private readonly connector: DatabaseConnector,
    private readonly runtime: RuntimeConfig,
  ) {
    this.#task = new RepeatingTask(
      () => this.record(),
      (error) => {
        this.#logger.debug({ err: error }, 'No figures could be written; the charts have a gap there.');
      },
    );
  }

  onApplicationBootstrap(): void {
    void this.start();
  }

  /** Writes the counts of the last seconds, if that takes no more than one. */
  async onApplicationShutdown(): Promise<void> {
    this.#isStopped = true;
    await within(LAST_WORDS_MS, this.#task.stop()).catch(() => undefined);
    if (this.#hasAdded) await within(LAST_WORDS_MS, this.add()).catch(() => undefined);
  }

  private async start(): Promise<void> {
    if (!(await this.connector.whenConnected()) || this.#isStopped) return;
    this.#task.start(ADD_EVERY_MS).unref();
    this.#task.trigger();
  }

  private async record(): Promise<void> {
    const startedAt = performance.now();
    const added = await this.add();
    if (added?.isClaimed !== true) return;
    const responseMs = Math.round((performance.now() - startedAt) * 10) / 10;
    const { figures, marks = {} } = await this.contributors.measured();
    await this.store.fill(this.runtime.processTag, added.bucket, { figures: { ...figures, 'database.response_ms': responseMs }, marks });
    const window = Math.floor(added.bucket / TIERS.coarse.stepSeconds);
    if (window === this.#rolledUp) return;
    await this.store.rollUp();
    this.#rolledUp = window;
  }

  private async add(): Promise<AddedTo | undefined> {
    const counted = this.#counted.take(this.contributors.counted());
    // Known again once it is answered: a stop does not wait for a database that is away.
    this.#hasAdded = false;
    const added = await this.store.add(this.runtime.processTag, counted, this.claimsAtOnce);
    this.#hasAdded = added !== undefined;
    return added;
  }
}
