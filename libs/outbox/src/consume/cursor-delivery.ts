import type { Transaction } from '#zakops/database';
import { performance } from 'node:perf_hooks';
import type { PublishedEvent } from '../log/event-log.js';
import type { ConsumerMetrics } from '../metrics/consumer.metrics.js';
import type { ConsumerCursor } from './consumer-cursor.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import { findCulprits, UnknownCulpritError } from './culprit-search.js';
import type { Cursor } from './cursor.store.js';
import type { Attempt, Handled, TransactionalCalls } from './transactional-calls.js';
import { planDeliveries } from './plan-deliveries.js';
import type { Plan } from './plan-deliveries.js';
import type { RunnerTools } from './runner-tools.js';

// Where one batch has failures, the next ones have some too: they are tried carefully at once.
const CAREFUL_BATCHES = 4;

/** Delivers the log to one consumer, from its cursor on: effects, tickets of what failed, and the cursor in one transaction. */
export class CursorDelivery {
  #carefulBatches = 0;

  constructor(
    private readonly consumer: RegisteredConsumer,
    private readonly tools: RunnerTools,
    private readonly cursor: ConsumerCursor,
    private readonly calls: TransactionalCalls,
    private readonly metrics: ConsumerMetrics,
    private readonly isStopping: () => boolean,
  ) {}

  /**
   * Delivers events that follow the cursor without a gap.
   *
   * @remarks One transaction, or several, when the events are slow or it is not known which of them fails at the commit. Once the worker
   * stops, or the consumer is paused, no further one begins, and the rest is left.
   */
  async deliver(events: readonly PublishedEvent[]): Promise<void> {
    let rest = events;
    // What a runner or a search has begun is finished, also when a pause comes in between.
    for (let isFirst = true; rest.length > 0; isFirst = false) {
      const at = (await this.cursor.get()).position;
      rest = rest.filter(({ position }) => position > at);
      if (rest.length === 0 || this.isStopping()) return;
      if (!isFirst && this.tools.pauses.current.stops(this.consumer.name)) return;
      try {
        await this.together(rest);
      } catch (error) {
        if (!(error instanceof UnknownCulpritError) || rest.length === 1) throw error;
        const middle = Math.ceil(rest.length / 2);
        await this.deliver(rest.slice(0, middle));
        rest = rest.slice(middle);
      }
    }
  }

  private async together(events: readonly PublishedEvent[]): Promise<void> {
    const cursor = await this.cursor.get();
    const wanted = events.filter((event) => this.consumer.isWanted(event.type));
    const careful = this.#carefulBatches > 0;
    let plan: Plan = { deliveries: [], behind: [], held: [] };
    const only = (): string | undefined => (plan.deliveries.length === 1 ? plan.deliveries[0]?.event.id : undefined);
    const { failed } = await findCulprits(this.consumer.name, careful, only, (attempt) =>
      this.attempt(
        cursor,
        events,
        attempt,
        async (tx) => (plan = await planDeliveries(tx, this.consumer, this.tools.tickets, cursor, this.tools.pauses.current, wanted)),
      ),
    );
    this.#carefulBatches = failed.length > 0 ? CAREFUL_BATCHES : Math.max(0, this.#carefulBatches - 1);
  }

  private async attempt(
    cursor: Cursor,
    events: readonly PublishedEvent[],
    attempt: Attempt,
    plan: (tx: Transaction) => Promise<Plan>,
  ): Promise<Handled> {
    const startedAt = performance.now();
    const last = events.at(-1)?.position ?? cursor.position;
    let committed: () => void = () => undefined;
    try {
      const handled = await this.tools.unitOfWork.runApart(async (tx) => {
        const { deliveries, behind, held } = await plan(tx);
        const result = await this.calls.all(tx, deliveries, attempt);
        const position = result.next === undefined ? last : result.next.event.position - 1;
        const waiting = [...behind, ...result.behind.map(({ event }) => event)].filter((event) => event.position <= position);
        const paused = held.filter((event) => event.position <= position);
        this.tools.tickets.park(tx, this.consumer.name, result.failed, waiting);
        this.tools.heldTickets.park(tx, this.consumer.name, paused);
        const hasTickets = cursor.hasTickets || result.failed.length + waiting.length + paused.length > 0;
        committed = this.cursor.moveAtCommit(tx, cursor, { position, delivered: result.delivered.length, hasTickets });
        this.tools.crashPoints.reach('before-commit');
        return result;
      });
      committed();
      this.metrics.handled(handled.delivered, handled.failed, performance.now() - startedAt);
      this.tools.delivered.add(handled.delivered.length);
      this.tools.failureLog.committed(this.consumer.name, handled.failed);
      return handled;
    } catch (error) {
      this.cursor.doubt(error);
      throw error;
    }
  }
}
