import { RuntimeConfig } from '#zakops/config';
import { Database, DatabaseConnector, endSessionsOf, SchemaVersion } from '#zakops/database';
import { RepeatingTask } from '#zakops/kernel';
import { ProcessHeartbeat, ProcessIdentity } from '#zakops/processes';
import type { LoopState, MainLoop } from '#zakops/processes';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConsumerRunner } from '../consume/consumer-runner.js';
import { ConsumerRegistry } from '../consume/consumer.registry.js';
import type { RegisteredConsumer } from '../consume/consumer.registry.js';
import { RunnerTools } from '../consume/runner-tools.js';
import { Leadership } from '../lease/leadership.js';
import { TakeOver } from './take-over.js';
import type { TakenLease } from '../lease/worker-lease.js';
import { PauseWatch } from '../pauses/pause-watch.js';
import { Publisher } from '../publish/publisher.js';
import { OUTBOX_CHANNEL, TICKETS_CHANNEL, WakeSignal } from '../wake/wake-signal.js';
import { LEASE_LOOK_MS, LeaseLoop } from './lease-loop.js';
import { PublishLoop } from './publish-loop.js';

const WAIT_FOR_SCHEMA_MS = 1_000;
// Kept of SHUTDOWN_TIMEOUT for what follows the last delivery: the lease, the heartbeat, and the pool.
const RESERVE = 0.2;
const MAX_RESERVE_MS = 2_000;

/**
 * The worker: publishes what is committed, and brings what is published to the consumers.
 *
 * @remarks Notices wake it; the poll is the guarantee. No loop overlaps itself. Only the worker that holds the lease does anything; the
 * others ask for it every half second.
 */
@Injectable()
export class OutboxRelay implements MainLoop, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(OutboxRelay.name);
  readonly #stop = new AbortController();
  readonly #publishing: PublishLoop;
  readonly #lease: LeaseLoop;
  readonly #poll: RepeatingTask;
  readonly #stopListening: (() => void)[] = [];
  #consumers: readonly RegisteredConsumer[] = [];
  #runners: readonly ConsumerRunner[] = [];
  #states: readonly LoopState[] = [];
  #starting: Promise<void> | undefined;

  constructor(
    private readonly runtime: RuntimeConfig,
    private readonly connector: DatabaseConnector,
    private readonly schema: SchemaVersion,
    private readonly database: Database,
    private readonly registry: ConsumerRegistry,
    private readonly publisher: Publisher,
    private readonly tools: RunnerTools,
    private readonly leadership: Leadership,
    private readonly takeOver: TakeOver,
    private readonly pauses: PauseWatch,
    private readonly wake: WakeSignal,
    private readonly processHeartbeat: ProcessHeartbeat,
    private readonly scheduler: SchedulerRegistry,
  ) {
    processHeartbeat.watch(this);
    pauses.onChange(() => {
      this.wakeRunners();
    });
    this.#publishing = new PublishLoop(tools, {
      publisher,
      state: processHeartbeat.loop('publishing'),
      onPublished: () => {
        for (const runner of this.#runners) runner.wake();
      },
    });
    this.#lease = new LeaseLoop({
      leadership,
      state: processHeartbeat.loop('lease'),
      report: () => this.report(),
      takeOver: (lease) => this.begin(lease),
      onKept: () => {
        this.lookForPauses();
      },
      onStandby: () => {
        for (const state of this.#states) state.forget();
      },
    });
    this.#poll = new RepeatingTask(
      () => {
        this.poll();
        return Promise.resolve();
      },
      (error) => {
        this.#logger.error({ err: error }, 'The poll failed.');
      },
    );
  }

  /** True once this process has begun to stop. */
  get isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  get role(): 'active' | 'standby' {
    return this.leadership.fence === undefined ? 'standby' : 'active';
  }

  /**
   * Since the last look at the lease, which comes twice a second in every worker, or since the last publishing step while one is under way.
   * How long consumers take is not asked: each call has a limit of its own.
   */
  get idleMs(): number {
    // Finishing what was begun takes as long as SHUTDOWN_TIMEOUT says.
    if (this.isStopping) return 0;
    return Math.max(this.#lease.idleMs, this.#publishing.idleMs);
  }

  onApplicationBootstrap(): void {
    this.#consumers = this.registry.all();
    const states = this.#consumers.map(({ name }) => this.processHeartbeat.loop(`consumer:${name}`));
    this.#runners = this.#consumers.map((consumer, n) => new ConsumerRunner(consumer, this.tools, states[n] as LoopState));
    this.#states = [...states, this.processHeartbeat.loop('publishing')];
    this.#starting = this.start().catch((error: unknown) => {
      this.#logger.error({ err: error }, 'The worker could not start its loops.');
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    this.#lease.standDown();
    await this.#starting;
    await this.#poll.stop();
    for (const stop of this.#stopListening) stop();
    const { shutdownTimeoutMs } = this.runtime;
    const finished = Promise.all([
      this.pauses.stop(),
      this.#publishing.stop(),
      ...this.#runners.map((runner) => runner.stop(shutdownTimeoutMs)),
    ]);
    const limitMs = shutdownTimeoutMs - Math.min(shutdownTimeoutMs * RESERVE, MAX_RESERVE_MS);
    await Promise.race([finished, sleep(limitMs, undefined, { ref: false })]);
    // Until then it is renewed, or a standby would take a worker that waits for its handlers for a dead one.
    await Promise.race([this.#lease.stop(), sleep(LEASE_LOOK_MS, undefined, { ref: false })]);
    this.tools.crashPoints.reach('at-shutdown');
    // Not before the loops are done: a standby that takes over must not meet half-finished work.
    await this.leadership.release().catch(() => undefined);
  }

  private async start(): Promise<void> {
    if (!(await this.connector.whenConnected()) || !(await this.isPrepared())) return;
    this.#stopListening.push(
      this.wake.on(OUTBOX_CHANNEL, () => {
        this.#publishing.wake();
      }),
      this.wake.on(TICKETS_CHANNEL, () => {
        this.lookForPauses();
        this.wakeRunners();
      }),
    );
    this.scheduler.addInterval('outbox-poll', this.#poll.start(this.tools.config.pollIntervalMs));
    // Not in the registry, which ends its timers with the first hooks of a stop: the lease is renewed until the handlers are done.
    this.#lease.start();
  }

  /** Waits until the schema is as new as this build needs, which is another process's work. */
  private async isPrepared(): Promise<boolean> {
    let told = false;
    while (!this.#stop.signal.aborted) {
      const pending = await this.schema.pending().catch(() => undefined);
      this.#lease.turned();
      if (pending?.length === 0) return true;
      if (pending !== undefined && !told) {
        this.#logger.warn({ pending }, 'Migrations are pending; waiting for them.');
        told = true;
      }
      await sleep(WAIT_FOR_SCHEMA_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    return false;
  }

  /** Takes over from the worker before: ends its sessions, makes cursors and tickets its own, and begins. */
  private async begin({ fence, before, unclean }: TakenLease): Promise<void> {
    // Open transactions of the crashed worker would hold locks, perhaps for hours.
    if (unclean && before !== null) await endSessionsOf(this.database, ProcessIdentity.tagOf(before) ?? '');
    const blamed = await this.takeOver.run(fence, this.#consumers, unclean);
    if (this.#stop.signal.aborted) return;
    this.tools.metrics.rescued(blamed.length);
    this.publisher.forget();
    this.tools.reader.forget();
    this.pauses.forget();
    this.leadership.ready(fence);
    for (const runner of this.#runners) {
      if (unclean) runner.beginAfterCrash();
      else runner.begin();
    }
    this.#publishing.wake();
    // Which worker is the active one is of interest at once.
    void this.processHeartbeat.beatNow();
  }

  private poll(): void {
    if (this.leadership.fence === undefined) return;
    this.#publishing.wake();
    this.wakeRunners();
  }

  /** Only the active worker delivers, so only it has to know. */
  private lookForPauses(): void {
    if (this.leadership.fence === undefined || this.isStopping) return;
    this.pauses.look().catch((error: unknown) => {
      this.#logger.warn({ err: error }, 'The pauses could not be read; nothing is delivered on old knowledge.');
    });
  }

  private wakeRunners(): void {
    for (const runner of this.#runners) runner.wakeForTickets();
  }

  /** What the stats show of this worker; stored with the lease. */
  private report(): Readonly<Record<string, unknown>> {
    const { attempts, failedAttempts } = this.tools.metrics.stats;
    const { rate, lastSuccessAt } = this.#publishing;
    return {
      published_per_second: rate.sample(),
      delivered_per_second: this.tools.delivered.sample(),
      attempts,
      failed_attempts: failedAttempts,
      lease_recoveries: this.tools.metrics.rescuedTotal,
      last_poll_at: lastSuccessAt?.toISOString() ?? null,
      wake_mode: this.wake.mode,
      consumers: this.#runners.map((runner) => runner.consumer.name),
      ...(this.wake.session === undefined ? {} : { session: this.wake.session }),
    };
  }
}
