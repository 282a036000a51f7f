import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PublishedEvent } from '../log/event-log.js';
import type { ConsumerMetrics } from '../metrics/consumer.metrics.js';
import type { DueTicket, FailedAttempt } from '../tickets/ticket.js';
import { AwaitingCalls } from './awaiting-calls.js';
import type { AwaitedResult } from './awaiting-calls.js';
import type { ConsumerCursor } from './consumer-cursor.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import { CursorMovedError } from '../tickets/delivery.errors.js';
import type { Deliverer } from './deliverer.js';
import type { AwaitingEventConsumer } from './event-consumer.js';
import type { Delivery } from '../tickets/delivery.js';
import { planDeliveries } from './plan-deliveries.js';
import type { RunnerTools } from './runner-tools.js';

// How often the cursor moves over what is done while others are still in work: what a crash repeats at most.
const COMMIT_EVERY_MS = 250;

// An operator who changes tickets again and again must not keep the cursor where it is.
const MOST_TRIES = 5;

/**
 * A consumer that waits for something else than the database. Its effects are outside, so they happen at least once, and the cursor
 * follows: it moves over what is done, never past what is not.
 */
export class AwaitingDeliverer implements Deliverer {
  readonly #calls: AwaitingCalls;

  constructor(
    private readonly consumer: RegisteredConsumer & { readonly instance: AwaitingEventConsumer },
    private readonly tools: RunnerTools,
    private readonly cursor: ConsumerCursor,
    private readonly metrics: ConsumerMetrics,
    interrupt: AbortSignal,
    isStopping: () => boolean,
  ) {
    this.#calls = new AwaitingCalls(consumer, tools, interrupt, isStopping);
  }

  async deliver(events: readonly PublishedEvent[]): Promise<void> {
    const wanted = events.filter((event) => this.consumer.isWanted(event.type));
    const cursor = await this.cursor.get();
    const { deliveries, behind, held } = await this.tools.unitOfWork.runApart((tx) =>
      planDeliveries(tx, this.consumer, this.tools.tickets, cursor, this.tools.pauses.current, wanted),
    );
    const results = new Map<number, AwaitedResult>([
      ...behind.map(({ position }): [number, 'behind'] => [position, 'behind']),
      ...held.map(({ position }): [number, 'paused'] => [position, 'paused']),
    ]);
    let isCut = false;
    const calls = this.#calls.all(
      deliveries,
      ({ event }, result) => results.set(event.position, result),
      () => isCut,
    );
    // Its error is awaited at the end, when what is done is written down.
    const over = calls.then(
      () => true,
      () => true,
    );
    let rest = events;
    try {
      for (let isOver = false; !isOver;) {
        isOver = await Promise.race([over, sleep(COMMIT_EVERY_MS, false, { ref: false })]);
        rest = await this.moveOver(rest, results);
      }
    } catch (error) {
      // The same events come again: not before the calls of now are over, so that no aggregate is in two hands.
      isCut = true;
      await over;
      throw error;
    }
    await calls;
  }

  async deliverTickets(limit: number): Promise<number> {
    const { name, blockingRegex } = this.consumer;
    const { changes } = await this.cursor.get();
    // The locks end with this transaction: nobody waits for a handler.
    const due = await this.tools.unitOfWork.runApart((tx) =>
      this.tools.tickets.due(tx, {
        consumer: name,
        fence: this.cursor.fence,
        limit,
        blockingRegex,
        changes,
        pauses: this.tools.pauses.current,
      }),
    );
    if (due.length === 0) return 0;
    const tickets = new Map(due.map((ticket) => [ticket.delivery.event.id, ticket]));
    const outcomes = { delivered: [] as DueTicket[], failed: [] as (FailedAttempt & { replay: number })[], behind: [] as DueTicket[] };
    const calls = this.#calls.all(
      due.map(({ delivery }) => delivery),
      (delivery, result) => {
        const ticket = tickets.get(delivery.event.id);
        if (ticket === undefined) return;
        if (result === 'delivered') outcomes.delivered.push(ticket);
        else if (result === 'behind') outcomes.behind.push(ticket);
        else if (result !== 'paused') outcomes.failed.push({ ...result, replay: ticket.replay });
      },
    );
    await calls.catch(() => undefined);
    await this.commit({ delivered: outcomes.delivered.map(({ delivery }) => delivery), failed: outcomes.failed }, (tx) => {
      this.tools.tickets.finish(tx, name, blockingRegex, outcomes);
    });
    await calls;
    return due.length;
  }

  /** Moves the cursor to the last event before the first one that is not done; gives what is left. */
  private async moveOver(
    events: readonly PublishedEvent[],
    results: ReadonlyMap<number, AwaitedResult>,
  ): Promise<readonly PublishedEvent[]> {
    const open = events.findIndex((event) => this.consumer.isWanted(event.type) && !results.has(event.position));
    const done = open === -1 ? events : events.slice(0, open);
    const last = done.at(-1);
    if (last === undefined) return events;
    const delivered: Delivery[] = [];
    const failed: FailedAttempt[] = [];
    const behind: PublishedEvent[] = [];
    const held: PublishedEvent[] = [];
    for (const event of done) {
      const result = results.get(event.position);
      if (result === 'delivered') delivered.push({ event, attempt: 1, gap: false });
      else if (result === 'behind') behind.push(event);
      else if (result === 'paused') held.push(event);
      else if (result !== undefined) failed.push(result);
    }
    const parked = failed.length + behind.length + held.length > 0;
    await this.commit({ delivered, failed, position: last.position, parked }, (tx) => {
      this.tools.tickets.park(tx, this.consumer.name, failed, behind);
      this.tools.heldTickets.park(tx, this.consumer.name, held);
    });
    return events.slice(done.length);
  }

  /** Commits what was done outside; tried again when an operator has changed a ticket meanwhile, because it cannot be undone. */
  private async commit(
    done: { delivered: readonly Delivery[]; failed: readonly FailedAttempt[]; position?: number; parked?: boolean },
    write: (tx: Parameters<RunnerTools['tickets']['park']>[0]) => void,
  ): Promise<void> {
    const startedAt = performance.now();
    for (let tries = 1; ; tries += 1) {
      const cursor = await this.cursor.get();
      let committed: () => void = () => undefined;
      try {
        await this.tools.unitOfWork.runApart((tx) => {
          write(tx);
          const hasTickets = cursor.hasTickets || done.position === undefined || done.parked === true;
          const to = { position: done.position ?? cursor.position, delivered: done.delivered.length, hasTickets };
          committed = this.cursor.moveAtCommit(tx, cursor, to);
          this.tools.crashPoints.reach('before-commit');
          return Promise.resolve();
        });
        committed();
        break;
      } catch (error) {
        this.cursor.doubt(error);
        if (!(error instanceof CursorMovedError) || tries === MOST_TRIES) throw error;
      }
    }
    this.metrics.handled(done.delivered, done.failed, performance.now() - startedAt);
    this.tools.delivered.add(done.delivered.length);
    this.tools.failureLog.committed(this.consumer.name, done.failed);
  }
}
