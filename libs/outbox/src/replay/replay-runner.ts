import { Logger } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { AwaitingCalls } from '../consume/awaiting-calls.js';
import type { ConsumerCursor } from '../consume/consumer-cursor.js';
import type { RegisteredConsumer } from '../consume/consumer.registry.js';
import type { RunnerTools } from '../consume/runner-tools.js';
import { TransactionalCalls } from '../consume/transactional-calls.js';
import type { PublishedEvent } from '../log/event-log.js';
import { AwaitingReplay } from './awaiting-replay.js';
import { claimOf } from './claim-of.js';
import type { OpenReplay } from './replay.js';
import { ReplayMovedError } from './replay.errors.js';
import type { PortionOutcome, ReplayPortions } from './replay-portion.js';
import { TransactionalReplay } from './transactional-replay.js';

/** A claim on the log is renewed when it is so old, long before it ends. */
const RENEW_CLAIM_MS = 60_000;
const CLAIM_MS = 3_600_000;

/** Portions of a second: a cancelled replay ends soon, and live events wait for one portion at most. */
const PORTIONS_PER_SECOND = 4;

/** What the runner of the consumer lends. */
export interface ReplayHost {
  readonly interrupt: AbortSignal;
  readonly isStopping: () => boolean;
  /** Has {@link ReplayRunner.step} called soon. */
  readonly wake: () => void;
}

/**
 * Replays history to one consumer, behind its cursor.
 *
 * @remarks A part of the loop of the consumer, between two batches of the log, so that the handler is never called twice at a time. Live events
 * go on. Replayed events of an aggregate come in order among themselves; a replay without an end goes on until it meets the cursor, so that the
 * last events of each aggregate come in order after all. Each portion moves the replay in the transaction of its effects.
 */
export class ReplayRunner {
  readonly #logger: Logger;
  readonly #portions: ReplayPortions;
  #replay: OpenReplay | undefined;
  #looks = true;
  #nextAt = 0;
  #claimedAt = Number.NEGATIVE_INFINITY;
  /** Events that are replayed one by one, because one of them fails. */
  #oneByOne = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly consumer: RegisteredConsumer,
    private readonly tools: RunnerTools,
    private readonly cursor: ConsumerCursor,
    private readonly host: ReplayHost,
  ) {
    this.#logger = new Logger(`${ReplayRunner.name}:${consumer.name}`);
    const { instance } = consumer;
    this.#portions =
      'handleAwaiting' in instance
        ? new AwaitingReplay(new AwaitingCalls({ ...consumer, instance }, tools, host.interrupt, host.isStopping), consumer, tools, cursor)
        : new TransactionalReplay(
            new TransactionalCalls({ ...consumer, instance }, tools, host.interrupt, host.isStopping),
            consumer,
            tools,
            cursor,
          );
  }

  /** Has the next step look for a replay: an operator may have started or cancelled one. */
  look(): void {
    this.#looks = true;
  }

  /** Wakes nobody any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Replays one portion; false when there is nothing to do now. */
  async step(): Promise<boolean> {
    if (this.host.isStopping()) return false;
    if (this.#looks) await this.takeUp();
    const replay = this.#replay;
    if (replay === undefined || this.tools.pauses.current.stops(this.consumer.name)) return false;
    const waitMs = this.#nextAt - performance.now();
    if (waitMs > 0) {
      this.wakeIn(waitMs);
      return false;
    }
    try {
      return await this.portion(replay);
    } catch (error) {
      // A commit may have failed or not: the row says it.
      this.#looks = true;
      if (!(error instanceof ReplayMovedError)) throw error;
      this.#logger.log(error.message);
      return true;
    }
  }

  private async takeUp(): Promise<void> {
    this.#looks = false;
    if (!(await this.tools.replays.hasOpen(this.consumer.name))) {
      this.#replay = undefined;
      return;
    }
    await this.cursor.get();
    const before = this.#replay?.id;
    this.#replay = await this.tools.replays.takeUp(this.consumer.name, this.cursor.fence, this.tools.config.maxAttempts);
    if (this.#replay === undefined || this.#replay.id === before) return;
    this.#nextAt = performance.now() + this.#replay.dueInSeconds * 1_000;
    this.#claimedAt = Number.NEGATIVE_INFINITY;
    this.#oneByOne = 0;
    this.#logger.log({ replay_id: this.#replay.id, position: this.#replay.position }, 'Replaying history.');
  }

  private async portion(replay: OpenReplay): Promise<boolean> {
    const startedAt = performance.now();
    const end = replay.until ?? (await this.cursor.get()).position;
    if (!(await this.claim(replay))) return this.historyGone(replay);
    const events = await this.read(replay, end);
    if (events === undefined) return this.historyGone(replay);
    const free = this.beforePaused(events);
    if (events.length > 0 && free.length === 0) {
      this.wakeIn(1_000);
      return false;
    }
    const outcome = await this.#portions.replay(replay, free, end);
    return this.after(replay, outcome, startedAt, free.length);
  }

  private async after(replay: OpenReplay, outcome: PortionOutcome, startedAt: number, size: number): Promise<boolean> {
    switch (outcome.is) {
      case 'done':
        this.#replay = undefined;
        this.#looks = true;
        await this.release(replay);
        this.#logger.log({ replay_id: replay.id }, 'The replay is done.');
        return true;
      case 'moved':
        this.#oneByOne = Math.max(0, this.#oneByOne - 1);
        this.#replay = { ...replay, position: outcome.position, failures: 0 };
        this.#nextAt = startedAt + (outcome.delivered / replay.rate) * 1_000;
        return true;
      case 'divide':
        this.#oneByOne = size;
        return true;
      case 'failed': {
        const { failed } = outcome;
        await this.tools.replays.failed(replay, this.cursor.fence, failed);
        this.#logger.warn({ err: failed.cause, replay_id: replay.id, event_id: failed.delivery.event.id }, 'A replayed event failed.');
        this.#replay = failed.status === 'dead' ? undefined : { ...replay, failures: failed.delivery.attempt };
        this.#nextAt = performance.now() + failed.delaySeconds * 1_000;
        if (failed.status === 'dead') await this.release(replay);
        return true;
      }
    }
  }

  /** Keeps what is left from retention; false when some of it is gone. */
  private async claim(replay: OpenReplay): Promise<boolean> {
    const now = performance.now();
    if (now - this.#claimedAt < RENEW_CLAIM_MS) return true;
    const kept = await this.tools.unitOfWork.runApart((tx) =>
      this.tools.logReaders.hold(tx, claimOf(replay.id), replay.position, CLAIM_MS),
    );
    this.#claimedAt = now;
    return kept <= replay.position;
  }

  private async release({ id }: OpenReplay): Promise<void> {
    await this.tools.unitOfWork.runApart((tx) => this.tools.logReaders.release(tx, claimOf(id)));
  }

  private async historyGone(replay: OpenReplay): Promise<boolean> {
    await this.tools.replays.historyGone(replay, this.cursor.fence);
    await this.release(replay);
    this.#replay = undefined;
    return true;
  }

  /** The next events up to the end; undefined when events are missing. */
  private async read({ position, rate }: OpenReplay, end: number): Promise<readonly PublishedEvent[] | undefined> {
    if (position >= end) return [];
    const most = this.#oneByOne > 0 ? 1 : Math.min(this.tools.config.batchSize, Math.ceil(rate / PORTIONS_PER_SECOND));
    const events = (await this.tools.reader.readApart(position, most)).filter((event) => event.position <= end);
    return events[0]?.position === position + 1 ? events : undefined;
  }

  private beforePaused(events: readonly PublishedEvent[]): readonly PublishedEvent[] {
    const { current: pauses } = this.tools.pauses;
    const held = events.findIndex((event) => this.consumer.isWanted(event.type) && pauses.holds(event));
    return held === -1 ? events : events.slice(0, held);
  }

  private wakeIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.host.wake, ms).unref();
  }
}
