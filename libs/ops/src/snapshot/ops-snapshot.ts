import { RuntimeConfig } from '#zakops/config';
import { Database, DatabaseConfig } from '#zakops/database';
import { GetSystemHealth } from '#zakops/health';
import type { SystemHealth } from '#zakops/health';
import { SharedAnswer, within } from '#zakops/kernel';
import { Injectable, Logger } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { performance } from 'node:perf_hooks';
import { coveredText } from './covered-text.js';
import { SnapshotContributors } from './snapshot-contributors.js';
import type { RegisteredSnapshot } from './snapshot-contributors.js';
import { toVerdict } from './verdict.js';

/** How long a snapshot is shared by everybody in this process; a little less than the two seconds after which streams look again. */
const FRESH_FOR_MS = 1_900;
/** For all members together, so that an answer comes while the database hangs. */
const LIMIT_MS = 2_000;

// Features that are not loaded have none of these.
const EMPTY = { pauses: [], tasks: [] };
const OF_THE_READING = ['at', 'response_ms', 'pool_used'];

/** The state of operations at one instant. */
export interface OpsSnapshot {
  /** As it is sent. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The same text while nothing but `at`, ages and the cost of the reading itself differ. */
  readonly covers: string;
}

/**
 * Reads what the page of operations shows at first sight: the verdict, and a member of each part of the system.
 *
 * @remarks Never fails: while the database is away the verdict says so, and what cannot be read is null. One reading serves everybody in the
 * process for two seconds. The parts are asked one after the other, so that a reading holds one connection.
 */
@Injectable()
export class OpsSnapshots {
  readonly #logger = new Logger(OpsSnapshots.name);
  readonly #shared = new SharedAnswer(() => this.take(), FRESH_FOR_MS);
  #left: ReadonlySet<string> | undefined;
  #coarse: ReadonlySet<string> | undefined;

  constructor(
    private readonly contributors: SnapshotContributors,
    private readonly queries: QueryBus,
    private readonly database: Database,
    private readonly databaseConfig: DatabaseConfig,
    private readonly runtime: RuntimeConfig,
  ) {}

  /** The present one, two seconds old at most. */
  get(): Promise<OpsSnapshot> {
    return this.#shared.get();
  }

  private async take(): Promise<OpsSnapshot> {
    const { version, commit, appEnv } = this.runtime;
    const health = await this.queries.execute(new GetSystemHealth());
    const body = {
      at: new Date().toISOString(),
      build: { version, commit },
      environment: appEnv,
      verdict: toVerdict(health),
      ...EMPTY,
      ...(await this.members()),
      database: this.databaseOf(health),
    };
    return { body, covers: coveredText(body, this.leftOut, this.coarse) };
  }

  private async members(): Promise<object> {
    const untilMs = performance.now() + LIMIT_MS;
    const members = {};
    for (const registered of this.contributors.all()) Object.assign(members, await this.ask(registered, untilMs - performance.now()));
    return members;
  }

  private async ask({ members, contributor }: RegisteredSnapshot, limitMs: number): Promise<object> {
    const nothing = Object.fromEntries(members.map((member) => [member, null]));
    if (!this.database.isConnected || limitMs <= 0) return nothing;
    try {
      return await within(limitMs, contributor.snapshot());
    } catch (error) {
      this.#logger.debug({ err: error, members }, 'A snapshot lacks members.');
      return nothing;
    }
  }

  private databaseOf({ components }: SystemHealth): object {
    const database = components.find(({ name }) => name === 'database');
    return {
      state: database?.state ?? 'unknown',
      response_ms: database?.stats['response_time_ms'] ?? null,
      pool_used: this.database.connectionsInUse,
      pool_size: this.databaseConfig.poolSize,
    };
  }

  private get coarse(): ReadonlySet<string> {
    this.#coarse ??= new Set(this.contributors.all().flatMap(({ coarse = [] }) => coarse));
    return this.#coarse;
  }

  private get leftOut(): ReadonlySet<string> {
    this.#left ??= new Set([...OF_THE_READING, ...this.contributors.all().flatMap(({ ages = [] }) => ages)]);
    return this.#left;
  }
}
