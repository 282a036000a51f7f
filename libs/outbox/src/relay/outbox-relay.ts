import { Database, DatabaseConnector, SchemaVersion, UnitOfWork } from '#zakops/database';
import { ProcessHeartbeat } from '#zakops/processes';
import type { MainLoop } from '#zakops/processes';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConsumerRunner } from '../consume/consumer-runner.js';
import { ConsumerRegistry } from '../consume/consumer.registry.js';
import { Inbox } from '../consume/inbox.js';
import { Leadership } from '../lease/leadership.js';
import { OutboxConfig } from '../outbox.config.js';
import { Publisher, WorkerFencedError } from '../publish/publisher.js';
import type { Subscription } from '../publish/publisher.js';
import { TicketStore } from '../tickets/ticket-store.js';
import { OUTBOX_CHANNEL, WakeSignal } from '../wake/wake-signal.js';
import { RateMeter } from './rate-meter.js';
import { RelayMetrics } from './relay.metrics.js';
import { SerialTask } from './serial-task.js';
import { TurnClock } from './turn-clock.js';

/** Name of the scheduled poll in Nest's scheduler. */
export const POLL_INTERVAL = 'outbox-poll';

/** Name of the scheduled heartbeat of the lease. */
export const HEARTBEAT_INTERVAL = 'outbox-heartbeat';

const HEARTBEAT_MS = 2_000;
const WAIT_FOR_SCHEMA_MS = 1_000;
// Kept of SHUTDOWN_TIMEOUT for what follows the last delivery: the lease, the heartbeat, and the pool.
const RESERVE = 0.2;
const MAX_RESERVE_MS = 2_000;

/**
 * The worker's two loops: publish what is committed, deliver what is published.
 *
 * @remarks Woken by notices, and by @nestjs/schedule as the guarantee. No loop overlaps itself. Only the worker that holds the
 * lease does anything; the others ask for it every two seconds.
 */
@Injectable()
export class OutboxRelay implements MainLoop, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(OutboxRelay.name);
  readonly #stop = new AbortController();
  readonly #published = new RateMeter();
  readonly #delivered = new RateMeter();
  readonly #publishing: SerialTask;
  readonly #heartbeat: SerialTask;
  readonly #publishTurns = new TurnClock();
  readonly #leaseTurns = new TurnClock();
  #runners: readonly ConsumerRunner[] = [];
  #subscriptions: readonly Subscription[] = [];
  #stopListening: (() => void) | undefined;
  #starting: Promise<void> | undefined;
  #lastPollAt: Date | undefined;
  #rescued = 0;

  constructor(
    private readonly config: OutboxConfig,
    private readonly connector: DatabaseConnector,
    private readonly schema: SchemaVersion,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly registry: ConsumerRegistry,
    private readonly publisher: Publisher,
    private readonly tickets: TicketStore,
    private readonly inbox: Inbox,
    private readonly leadership: Leadership,
    private readonly wake: WakeSignal,
    private readonly scheduler: SchedulerRegistry,
    private readonly metrics: RelayMetrics,
    private readonly processHeartbeat: ProcessHeartbeat,
  ) {
    processHeartbeat.watch(this);
    processHeartbeat.contribute(metrics);
    this.#publishing = new SerialTask(
      () => this.publishAll(),
      (error) => {
        this.onPublishError(error);
      },
    );
    this.#heartbeat = new SerialTask(
      () => this.beat(),
      (error) => {
        this.#logger.warn({ err: error }, 'The heartbeat failed.');
      },
    );
  }

  get role(): 'active' | 'standby' {
    return this.leadership.fence === undefined ? 'standby' : 'active';
  }

  /**
   * Since the last look at the lease, which comes every two seconds whatever this worker is, or since the last publishing step while one
   * is under way. How long consumers take is not asked: each call has a limit of its own.
   */
  get idleMs(): number {
    // Finishing what was begun takes as long as SHUTDOWN_TIMEOUT says.
    if (this.#stop.signal.aborted) return 0;
    return Math.max(this.#leaseTurns.idleMs, this.#publishing.isRunning ? this.#publishTurns.idleMs : 0);
  }

  onApplicationBootstrap(): void {
    const consumers = this.registry.all();
    this.#subscriptions = consumers.map(({ name, eventsRegex }) => ({ consumer: name, pattern: eventsRegex }));
    const tools = {
      tickets: this.tickets,
      inbox: this.inbox,
      unitOfWork: this.unitOfWork,
      leadership: this.leadership,
      config: this.config,
      metrics: this.metrics,
      onDelivered: (count: number) => {
        this.#delivered.add(count);
      },
    };
    this.#runners = consumers.map((consumer) => new ConsumerRunner(consumer, tools));
    this.#starting = this.start().catch((error: unknown) => {
      this.#logger.error({ err: error }, 'The worker could not start its loops.');
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#starting;
    for (const name of [POLL_INTERVAL, HEARTBEAT_INTERVAL]) {
      if (this.scheduler.doesExist('interval', name)) this.scheduler.deleteInterval(name);
    }
    this.#stopListening?.();
    const finished = Promise.all([this.#publishing.idle(), this.#heartbeat.idle(), ...this.#runners.map((runner) => runner.stop())]);
    const { shutdownTimeoutMs } = this.config;
    const limitMs = shutdownTimeoutMs - Math.min(shutdownTimeoutMs * RESERVE, MAX_RESERVE_MS);
    await Promise.race([finished, sleep(limitMs, undefined, { ref: false })]);
    // Not before the loops are done: a standby that takes over must not meet half-finished work.
    await this.leadership.release().catch(() => undefined);
  }

  private async start(): Promise<void> {
    if (!(await this.connector.whenConnected()) || !(await this.isPrepared())) return;
    this.#stopListening = this.wake.on(OUTBOX_CHANNEL, () => {
      this.#publishing.trigger();
      // A redrive makes tickets due without anything to publish.
      this.wakeRunners();
    });
    this.scheduler.addInterval(
      POLL_INTERVAL,
      setInterval(() => {
        this.poll();
      }, this.config.pollIntervalMs),
    );
    this.scheduler.addInterval(
      HEARTBEAT_INTERVAL,
      setInterval(() => {
        this.#heartbeat.trigger();
      }, HEARTBEAT_MS),
    );
    this.#heartbeat.trigger();
  }

  /** Waits until the schema is as new as this build needs, which is another process's work, and the consumers are written down. */
  private async isPrepared(): Promise<boolean> {
    let told = false;
    while (!this.#stop.signal.aborted) {
      const pending = await this.schema.pending().catch(() => undefined);
      this.#leaseTurns.turned();
      if (pending?.length === 0 && (await this.introduceConsumers())) return !this.#stop.signal.aborted;
      if (pending !== undefined && pending.length > 0 && !told) {
        this.#logger.warn({ pending }, 'Migrations are pending; waiting for them.');
        told = true;
      }
      await sleep(WAIT_FOR_SCHEMA_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    return false;
  }

  /** False when the database did not take it; there will be another try, or this process would be idle for ever. */
  private async introduceConsumers(): Promise<boolean> {
    try {
      await this.database.query(`INSERT INTO zakops.consumer_progress (consumer) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING`, [
        this.#subscriptions.map((subscription) => subscription.consumer),
      ]);
      return true;
    } catch (error) {
      this.#logger.warn({ err: error }, 'The consumers could not be written down; trying again.');
      return false;
    }
  }

  private poll(): void {
    this.#publishing.trigger();
    this.wakeRunners();
  }

  private wakeRunners(): void {
    for (const runner of this.#runners) runner.wake();
  }

  private async publishAll(): Promise<void> {
    for (;;) {
      this.#publishTurns.turned();
      const fence = this.leadership.fence;
      if (fence === undefined || this.#stop.signal.aborted) return;
      const { published } = await this.publisher.publish(fence, this.config.batchSize, this.#subscriptions);
      this.#published.add(published);
      this.metrics.published(published);
      if (published > 0) this.wakeRunners();
      // That was all; whatever is committed from now on is announced, and triggers another run.
      if (published < this.config.batchSize) break;
    }
    this.#lastPollAt = new Date();
    this.metrics.polled();
  }

  private onPublishError(error: unknown): void {
    if (error instanceof WorkerFencedError) {
      this.#logger.warn(error.message);
      this.metrics.publicationFenced();
      this.leadership.resign();
      return;
    }
    this.#logger.error({ err: error }, 'Publishing failed; it goes on at the next poll.');
  }

  private async beat(): Promise<void> {
    const result = await this.leadership
      .maintain(() => this.report())
      .finally(() => {
        this.#leaseTurns.turned();
      });
    // Who is the active one is of interest at once.
    if (result === 'gained') void this.processHeartbeat.beatNow();
    if (result === 'standby') return;
    const rescued = await this.tickets.rescue(this.config.maxAttempts, this.leadership.owner);
    if (rescued > 0) {
      this.#rescued += rescued;
      this.metrics.rescued(rescued);
      this.#logger.warn({ rescued }, 'Took back tickets whose worker is gone.');
    }
    if (result === 'gained' || rescued > 0) this.poll();
  }

  /** What the statistics show of this worker; kept with the lease. */
  private report(): Readonly<Record<string, unknown>> {
    const { attempts, failedAttempts } = this.metrics.tally;
    return {
      published_total: this.#published.total,
      delivered_total: this.#delivered.total,
      published_per_second: this.#published.sample(),
      delivered_per_second: this.#delivered.sample(),
      attempts,
      failed_attempts: failedAttempts,
      lease_recoveries: this.#rescued,
      last_poll_at: this.#lastPollAt?.toISOString() ?? null,
      wake_mode: this.wake.mode,
      poll_interval_ms: this.config.pollIntervalMs,
      consumers: this.#runners.map((runner) => runner.consumer.name),
    };
  }
}
