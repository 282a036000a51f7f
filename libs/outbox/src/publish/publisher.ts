import { Database, DatabaseError, isUniqueViolation, prepared, toStoredEvent } from '#zakops/database';
import type { EventRow } from '#zakops/database';
import { tracing } from '#zakops/tracing';
import { Injectable, Logger } from '@nestjs/common';
import { CrashPoints } from '../crash-points.js';
import type { PublishedEvent } from '../log/event-log.js';
import { tracePublished } from '../tracing/publish-spans.js';
import type { TracedPublication } from '../tracing/publish-spans.js';
import { LOG_CHANNEL } from '../wake/wake-signal.js';
import { CLOSE_PUBLISHED, PUBLISH } from './publish-statement.js';
import { WaitingFloor } from './waiting-floor.js';

/** Behind the step and its commit: only when the log has grown beyond what is known. */
const HINT = prepared(`
  SELECT pg_notify('${LOG_CHANNEL}', head.position::text)
    FROM (SELECT position FROM zakops.event_log ORDER BY position DESC LIMIT 1) AS head WHERE head.position > $1`);

/** This worker is not the active one any more: another has its lease. */
export class WorkerFencedError extends Error {
  constructor() {
    super('Another worker is the active one now.');
    this.name = 'WorkerFencedError';
  }
}

interface PublishRow extends Partial<Omit<EventRow, 'id'>> {
  /** Null when the event is not handed on; undefined where the statement gives none. */
  readonly id?: string | null;
  readonly published: number;
  readonly seen: number;
  readonly last_seen: string | null;
  readonly first_left: string | null;
  readonly head: string;
  readonly tid: string;
  /** Only from the statement that gives it; null when there is none. */
  readonly traced?: readonly TracedPublication[] | null;
}

/** What one publishing step did. */
export interface PublishedBatch {
  readonly published: number;
  /** The last position of the log. */
  readonly head: number;
  /** True when more may wait: the step took as many as it may. */
  readonly isFull: boolean;
  /** The events of the step when they are few and short, in order; otherwise none, and they are read from the log. */
  readonly events: readonly PublishedEvent[];
}

/** Gives committed events their public positions. */
@Injectable()
export class Publisher {
  readonly #logger = new Logger(Publisher.name);
  readonly #floor: WaitingFloor;
  /** Where the row of the head was left by the last step; empty when that is not known. */
  #headTid = '';
  #head = 0;

  constructor(
    private readonly database: Database,
    private readonly crashPoints: CrashPoints,
  ) {
    this.#floor = new WaitingFloor(database);
  }

  /** Forgets what it knows of the tables: another worker may have written them. */
  forget(): void {
    this.#headTid = '';
    this.#floor.reset();
  }

  /**
   * Publishes the next waiting events: positions without a gap, in the order in which they were appended.
   *
   * @remarks Events of one aggregate keep the order of their sequence numbers, because its row was locked when their ordinals were
   * drawn. An event whose transaction commits later gets a later position, however early it began. A row that another session has locked waits,
   * and later events of its aggregate with it.
   * @param workerFence - fencing number of this worker's lease
   * @param limit - events, at least 1
   * @throws WorkerFencedError when the lease is another worker's
   */
  async publish(workerFence: string, limit: number): Promise<PublishedBatch> {
    const startedAt = tracing.on ? new Date() : undefined;
    await this.#floor.look();
    // Once the statement has left this process, and before its answer is here.
    setImmediate(() => {
      this.crashPoints.reach('mid-publish');
    });
    const rows = await this.step(workerFence, limit).catch(async (error: unknown) => {
      if (!(error instanceof DatabaseError) || !isUniqueViolation(error.cause, 'event_log_event_idx')) throw error;
      await this.closePublished(workerFence);
      return this.step(workerFence, limit);
    });
    const [row] = rows;
    if (row === undefined) throw new WorkerFencedError();
    const { published, seen, last_seen: lastSeen, first_left: firstLeft } = row;
    this.#headTid = row.tid;
    this.#head = Number(row.head);
    this.#floor.stepped({ seen, limit, lastSeen: toNumber(lastSeen), firstLeft: toNumber(firstLeft) });
    if (startedAt !== undefined && tracing.on) tracePublished(row.traced ?? [], startedAt, published);
    return { published, head: this.#head, isFull: seen >= limit, events: published > 0 ? handedOn(rows) : [] };
  }

  private async step(workerFence: string, limit: number): Promise<readonly PublishRow[]> {
    const values = [workerFence, limit, this.#floor.value, this.#headTid];
    const hint = { statement: HINT, values: [this.#head] };
    if (tracing.on) return this.database.query<PublishRow>(PUBLISH.traced, values, { hint });
    if (this.#headTid !== '') {
      const rows = await this.database.query<PublishRow>(PUBLISH.atItsPlace, values, { hint });
      if (rows.length > 0) return rows;
    }
    return this.database.query<PublishRow>(PUBLISH.anywhere, values, { hint });
  }

  private async closePublished(workerFence: string): Promise<void> {
    const [row] = await this.database.query<{ n: number }>(CLOSE_PUBLISHED, [workerFence]);
    this.#logger.warn({ events: row?.n ?? 0 }, 'Events that have a position already waited for one; they wait no more.');
  }
}

function handedOn(rows: readonly PublishRow[]): readonly PublishedEvent[] {
  const events = rows.flatMap((row) =>
    row.id === undefined || row.id === null ? [] : [{ ...toStoredEvent(row as EventRow), position: Number(row.position) }],
  );
  // All or none: what is missing was too long, and is read with the rest.
  return events.length === rows[0]?.published ? events : [];
}

function toNumber(int8: string | null): number | null {
  return int8 === null ? null : Number(int8);
}
