import { RuntimeConfig } from '#zakops/config';
import { DatabaseConnector, DatabaseUnavailableError, SchemaVersion } from '#zakops/database';
import { LogLevel } from '#zakops/observability';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessIdentity } from '../process-identity.js';
import type { FigureSource } from './figure-source.js';
import { HeartbeatStore } from './heartbeat-store.js';
import type { Heartbeat, OverrideInForce } from './heartbeat-store.js';
import type { LoopState } from './loop-state.js';
import { LoopStates } from './loop-states.js';
import type { MainLoop } from './main-loop.js';

/** How often a process writes its row. */
export const BEAT_EVERY_MS = 5_000;

// A loop that begins to fail, or works again, is told in an extra heartbeat: one a second at most.
const LOOK_EVERY_MS = 1_000;

// Two beats may be on their way. Half of what counts as fresh, so that a database that goes away is noticed before a loop that waits for it.
const WRITTEN_LATELY_MS = 2 * BEAT_EVERY_MS;

const FIGURES_LIMIT_MS = 1_000;
const STOP_LIMIT_MS = 2_000;

// A beat that hangs in a broken connection must not keep the next one from trying another connection.
const MOST_IN_FLIGHT = 2;

/**
 * Writes every five seconds that this process lives, in `zakops.processes`.
 *
 * @remarks By a timer of the event loop, so that a loop that is blocked is silent. What the loop does beside it is told by the
 * {@link MainLoop}. The answer holds the level of logs that an operator asked for, so that one statement carries both.
 */
@Injectable()
export class ProcessHeartbeat implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(ProcessHeartbeat.name);
  readonly #sources: FigureSource[] = [];
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
    private readonly config: RuntimeConfig,
    private readonly schema: SchemaVersion,
    private readonly connector: DatabaseConnector,
    private readonly logLevel: LogLevel,
  ) {}

  /** Adds figures to every heartbeat from now on. */
  contribute(source: FigureSource): void {
    this.#sources.push(source);
  }

  /** Names the loop whose progress tells whether this process works; without one, living is progress. */
  watch(loop: MainLoop): void {
    this.#loop = loop;
  }

  /**
   * The state of a loop, by which it tells how its turns go; one object for each name, made at the first call.
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
   * Milliseconds since the main loop finished a turn; 0 while the database takes no heartbeats, because the loop may wait for it and a restart
   * would not bring it back.
   */
  get idleMs(): number {
    return performance.now() - this.#writtenAt < WRITTEN_LATELY_MS ? (this.#loop?.idleMs ?? 0) : 0;
  }

  /** Writes a heartbeat out of turn, to tell or to learn something at once; resolves when it is over, however it went. */
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
      // A change that no beat can tell yet is looked at again.
      if (this.#inFlight.size < MOST_IN_FLIGHT && this.#loops.changed()) void this.beatNow();
    }, LOOK_EVERY_MS).unref();
    void this.beatNow();
  }

  private async beat(): Promise<void> {
    try {
      const override = await this.write(await this.figures());
      this.#failing = false;
      this.#writtenAt = performance.now();
      if (override === undefined) this.logLevel.restore();
      else this.logLevel.override(override.level, override.remainingMs);
    } catch (error) {
      // Once until it works again: a database that is away, or not migrated yet, would fill the log.
      if (!this.#failing) this.#logger.warn({ err: error }, 'The heartbeat of this process could not be written; trying again.');
      this.#failing = true;
    }
  }

  /** What the database refuses may be the figures, such as a text that it cannot store: they must not cost the heartbeat. */
  private async write(figures: object): Promise<OverrideInForce | undefined> {
    try {
      return await this.store.beat(this.heartbeat(figures));
    } catch (error) {
      if (error instanceof DatabaseUnavailableError || Object.keys(figures).length === 0) throw error;
      const override = await this.store.beat(this.heartbeat({}));
      this.#logger.warn({ err: error }, 'A heartbeat was written without its figures, which the database refused.');
      return override;
    }
  }

  private heartbeat(figures: object): Heartbeat {
    return {
      processId: this.identity.id,
      kind: this.identity.kind,
      role: this.#loop?.role ?? null,
      version: this.config.version,
      commit: this.config.commit,
      schemaVersion: this.schema.newestKnown,
      uptimeMs: process.uptime() * 1_000,
      idleMs: this.#loop?.idleMs ?? 0,
      figures,
      failing: this.#loops.failing(),
    };
  }

  private async figures(): Promise<object> {
    const all = await Promise.all(this.#sources.map((source) => this.figuresOf(source)));
    return Object.assign({}, ...all) as object;
  }

  private async figuresOf(source: FigureSource): Promise<object> {
    const limit = new AbortController();
    // Nobody may be waiting for it any more when it is called off.
    const late = sleep(FIGURES_LIMIT_MS, undefined, { signal: limit.signal, ref: false }).catch(() => undefined);
    try {
      return (await Promise.race([source.figures(), late])) ?? {};
    } catch (error) {
      this.#logger.debug({ err: error }, 'Figures are missing in a heartbeat.');
      return {};
    } finally {
      limit.abort();
    }
  }
}
