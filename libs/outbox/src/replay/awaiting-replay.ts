import type { AwaitedResult, AwaitingCalls } from '../consume/awaiting-calls.js';
import type { ConsumerCursor } from '../consume/consumer-cursor.js';
import type { RegisteredConsumer } from '../consume/consumer.registry.js';
import type { RunnerTools } from '../consume/runner-tools.js';
import type { PublishedEvent } from '../log/event-log.js';
import type { OpenReplay } from './replay.js';
import { planReplay } from './replay-portion.js';
import type { PortionOutcome, ReplayPortions } from './replay-portion.js';

/** Replays to a consumer whose effects are outside: at least once, and the place of the replay follows. */
export class AwaitingReplay implements ReplayPortions {
  constructor(
    private readonly calls: AwaitingCalls,
    private readonly consumer: RegisteredConsumer,
    private readonly tools: RunnerTools,
    private readonly cursor: ConsumerCursor,
  ) {}

  async replay(replay: OpenReplay, events: readonly PublishedEvent[], end: number): Promise<PortionOutcome> {
    const { hasTickets } = await this.cursor.get();
    const plan = await this.tools.unitOfWork.runApart((tx) => planReplay(tx, this.consumer, this.tools, replay, events, hasTickets));
    const results = new Map<number, AwaitedResult>();
    await this.calls.all(plan.deliveries, ({ event }, result) => results.set(event.position, result));
    const open = plan.deliveries.find(({ event }) => results.get(event.position) !== 'delivered');
    const position = open === undefined ? (events.at(-1)?.position ?? replay.position) : open.event.position - 1;
    const delivered = plan.deliveries.filter(({ event }) => event.position <= position).length;
    const isLast = position >= end;
    if (position > replay.position || isLast) await this.move(replay, { position, delivered, skipped: plan.skipped, isLast });
    if (isLast) return { is: 'done' };
    const failed = open === undefined ? undefined : results.get(open.event.position);
    if (typeof failed === 'object' && position === replay.position) return { is: 'failed', failed };
    return { is: 'moved', position, delivered };
  }

  /** Written when the calls are over: what is outside cannot be undone. */
  private async move(
    replay: OpenReplay,
    { position, delivered, skipped, isLast }: { position: number; delivered: number; skipped: readonly number[]; isLast: boolean },
  ): Promise<void> {
    const cursor = await this.cursor.get();
    let committed: () => void = () => undefined;
    try {
      await this.tools.unitOfWork.runApart((tx) => {
        const before = skipped.filter((at) => at <= position).length;
        this.tools.replays.moveAtCommit(tx, replay, this.cursor.fence, { position, delivered, skipped: before, isLast });
        committed = this.cursor.moveAtCommit(tx, cursor, { ...cursor, delivered: 0 });
        this.tools.crashPoints.reach('before-commit');
        return Promise.resolve();
      });
      committed();
    } catch (error) {
      this.cursor.doubt(error);
      throw error;
    }
  }
}
