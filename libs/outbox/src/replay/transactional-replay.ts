import { tracing } from '#zakops/tracing';
import type { ConsumerCursor } from '../consume/consumer-cursor.js';
import type { RegisteredConsumer } from '../consume/consumer.registry.js';
import { isHandlersFault, toFailedAttempt } from '../consume/failures.js';
import type { RunnerTools } from '../consume/runner-tools.js';
import type { Attempt, TransactionalCalls } from '../consume/transactional-calls.js';
import type { PublishedEvent } from '../log/event-log.js';
import { DeliverySpans } from '../tracing/delivery-spans.js';
import type { OpenReplay } from './replay.js';
import { ReplayMovedError } from './replay.errors.js';
import { planReplay } from './replay-portion.js';
import type { PortionOutcome, ReplayPlan, ReplayPortions } from './replay-portion.js';

/** Replays to a consumer whose effects are in the database: effects and place of the replay in one transaction, so each effect once. */
export class TransactionalReplay implements ReplayPortions {
  constructor(
    private readonly calls: TransactionalCalls,
    private readonly consumer: RegisteredConsumer,
    private readonly tools: RunnerTools,
    private readonly cursor: ConsumerCursor,
  ) {}

  async replay(replay: OpenReplay, events: readonly PublishedEvent[], end: number): Promise<PortionOutcome> {
    const cursor = await this.cursor.get();
    const spans = tracing.on ? new DeliverySpans(this.consumer.name) : undefined;
    const attempt: Attempt = { careful: false, known: new Map(), spans, inHand: [] };
    let plan: ReplayPlan = { deliveries: [], skipped: [] };
    let committed: () => void = () => undefined;
    try {
      const moved = await this.tools.unitOfWork.runApart(async (tx) => {
        plan = await planReplay(tx, this.consumer, this.tools, replay, events, cursor.hasTickets);
        const { delivered, next } = await this.calls.all(tx, plan.deliveries, attempt);
        const position = next === undefined ? (events.at(-1)?.position ?? replay.position) : next.event.position - 1;
        const skipped = plan.skipped.filter((at) => at <= position).length;
        const isLast = position >= end;
        this.tools.replays.moveAtCommit(tx, replay, this.cursor.fence, { position, delivered: delivered.length, skipped, isLast });
        // The cursor stays; the commit fails when it is another worker's, or an operator has changed tickets.
        committed = this.cursor.moveAtCommit(tx, cursor, { ...cursor, delivered: 0 });
        this.tools.crashPoints.reach('before-commit');
        return { position, delivered: delivered.length, isLast };
      });
      committed();
      spans?.committed();
      return moved.isLast ? { is: 'done' } : { is: 'moved', position: moved.position, delivered: moved.delivered };
    } catch (error) {
      spans?.rolledBack();
      this.cursor.doubt(error);
      if (error instanceof ReplayMovedError || !isHandlersFault(error)) throw error;
      const [first] = plan.deliveries;
      if (first === undefined) throw error;
      if (plan.deliveries.length > 1) return { is: 'divide' };
      const call = attempt.fatal ?? { error, durationMs: 0, traceId: undefined };
      return { is: 'failed', failed: toFailedAttempt(this.consumer, first, call, this.tools) };
    }
  }
}
