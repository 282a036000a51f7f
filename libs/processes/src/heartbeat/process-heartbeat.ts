import { RuntimeConfig } from '#zakops/config';
import { DatabaseConnector, DatabaseUnavailableError, SchemaVersion } from '#zakops/database';
import { LogLevel } from '#zakops/observability';
import { FRESH_FOR_SECONDS } from '#zakops/worker-health';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessIdentity } from '../process-identity.js';
import { HeartbeatStats } from './heartbeat-stats.js';
import { HeartbeatStore } from './heartbeat.store.js';
import type { Heartbeat, OverrideInForce } from './heartbeat.store.js';
import type { LoopState } from './loop-state.js';
import { LoopStates } from './loop-states.js';
import type { MainLoop } from './main-loop.js';

/** How often a process writes its row. */
export const BEAT_EVERY_MS = 5_000;

// When a loop begins to fail, or works again, an extra heartbeat says so: one a second at most.
const LOOK_EVERY_MS = 1_000;

// Half of the time for which a heartbeat counts as fresh: when the database goes away, this is noticed before a loop that waits for it.
const WRITTEN_LATELY_MS = (FRESH_FOR_SECONDS * 1_000) / 2;

const STOP_LIMIT_MS = 2_000;

// A beat that hangs in a broken connection must not keep the next one from trying another connection.
const MOST_IN_FLIGHT = 2;

/**
 * Writes the row of this process in `zakops.processes` every five seconds.
 *
 * @remarks A timer of the event loop triggers it, so a process whose event loop is blocked is silent. {@link MainLoop} tells whether the
 * process also makes progress. The same statement reads the level of logs that an operator asked for.
 */
@Injectable()
export class ProcessHeartbeat implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(ProcessHeartbeat.name);
  readonly #inFlight = new Set<Promise<void>>();
  readonly #loops = new LoopStates();
  #loop: MainLoop | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;
  #stopped = false;
  #failing = false;
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly identity: ProcessIdentity,
    private readonly store: HeartbeatStore,
    private readonly stats: HeartbeatStats,
    private readonly config: RuntimeConfig,
    private readonly schema: SchemaVersion,
    private readonly connector: DatabaseConnector,
    private readonly logLevel: LogLevel,
  ) {}

  /** Names the loop whose progress shows that this process works. Without one, the process counts as working while it lives. */
  watch(loop: MainLoop): void {
    this.#loop = loop;
  }

  /**
   * The state of a loop, which notes there how its turns go; one object for each name, made at the first call.
   *
   * @remarks Heartbeats carry the loops that fail. The first failure and the recovery are written within about a second.
   * @param name - `publishing`, `lease`, or `consumer:` and the name of a consumer, for example
   */
  loop(name: string): LoopState {
    return this.#loops.of(name);
  }

  /** Every loop that {@link loop} was asked for. */
  get loops(): readonly LoopState[] {
    return this.#loops.all();
  }

  /**
   * Milliseconds since the main loop finished a turn. 0 while the database takes no heartbeats: the loop may wait for the database, and a
   * restart would not bring it back.
   */
  get idleMs(): number {
    return performance.now() - this.#writtenAt < WRITTEN_LATELY_MS ? (this.#loop?.idleMs ?? 0) : 0;
  }

  /** Writes a heartbeat out of turn. Resolves when the attempt is over, even if it failed. */
  async beatNow(): Promise<void> {
    if (this.#timer === undefined || this.#stopped || this.#inFlight.size >= MOST_IN_FLIGHT) return;
    const beat = this.beat().finally(() => this.#inFlight.delete(beat));
    this.#inFlight.add(beat);
    await beat;
  }

  onApplicationBootstrap(): void {
    void this.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    clearInterval(this.#lookTimer);
    if (this.#timer === undefined) return;
    // A beat that is still under way would bring the row back.
    const removed = Promise.allSettled(this.#inFlight).then(() => this.store.remove(this.identity.id));
    await Promise.race([removed, sleep(STOP_LIMIT_MS, undefined, { ref: false })]).catch(() => undefined);
  }

  private async start(): Promise<void> {
    if (!(await this.connector.whenConnected()) || this.#stopped) return;
    this.#timer = setInterval(() => {
      void this.beatNow();
    }, BEAT_EVERY_MS).unref();
    this.#lookTimer = setInterval(() => {
      // While too many heartbeats are under way, the change stays for the next look.
      if (this.#inFlight.size < MOST_IN_FLIGHT && this.#loops.changed()) void this.beatNow();
    }, LOOK_EVERY_MS).unref();
    void this.beatNow();
  }

  private async beat(): Promise<void> {
    try {
      const override = await this.write(await this.stats.read());
      this.#failing = false;
      this.#writtenAt = performance.now();
      if (override === undefined) this.logLevel.restore();
      else this.logLevel.override(override.level, override.remainingMs);
    } catch (error) {
      // Logged once until a heartbeat succeeds: a database that is away, or not migrated yet, would fill the log.
      if (!this.#failing) this.#logger.warn({ err: error }, 'The heartbeat of this process could not be written; trying again.');
      this.#failing = true;
    }
  }

  /** The database may refuse the stats, such as a text that it cannot store. Then the heartbeat goes without them. */
  private async write(stats: object): Promise<OverrideInForce | undefined> {
    try {
      return await this.store.beat(this.heartbeat(stats));
    } catch (error) {
      if (error instanceof DatabaseUnavailableError || Object.keys(stats).length === 0) throw error;
      const override = await this.store.beat(this.heartbeat({}));
      this.#logger.warn({ err: error }, 'A heartbeat was written without its stats, because the database refused them.');
      return override;
    }
  }

  private heartbeat(stats: object): Heartbeat {
    return {
      processId: this.identity.id,
      kind: this.identity.kind,
      role: this.#loop?.role ?? null,
      version: this.config.version,
      commit: this.config.commit,
      schemaVersion: this.schema.newestKnown,
      uptimeMs: process.uptime() * 1_000,
      idleMs: this.#loop?.idleMs ?? 0,
      stats,
      failing: this.#loops.failing(),
    };
  }
}
