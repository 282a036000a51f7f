import type { PublishedEvent } from '../log/event-log.js';
import { PauseSet } from '../pauses/pause-set.js';
import type { ConsumerCursor } from './consumer-cursor.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import type { Deliverer } from './deliverer.js';
import type { RunnerTools } from './runner-tools.js';

/**
 * Delivers one event at a time after a crash, each marked in the database before its handler is called.
 *
 * @remarks The mark names the event that ends the process again: the next worker counts that attempt, parks the event, and goes on with
 * the others. Events that were not in hand count no attempt. The search ends after as many deliveries as one batch holds.
 */
export class SuspectSearch {
  #left = 0;

  constructor(
    private readonly consumer: Pick<RegisteredConsumer, 'name' | 'isWanted' | 'blockingRegex'>,
    private readonly tools: RunnerTools,
    private readonly cursor: ConsumerCursor,
    private readonly deliverer: Deliverer,
  ) {}

  /** False while events are delivered one at a time. */
  get isOver(): boolean {
    return this.#left === 0;
  }

  /** Starts to mark: the next deliveries, as many as one batch holds. */
  begin(): void {
    this.#left = this.tools.config.batchSize;
  }

  /** Marks nothing more. */
  end(): void {
    this.#left = 0;
  }

  /** Delivers events that follow the cursor: one by one, and what is left after the search together. */
  async deliver(events: readonly PublishedEvent[]): Promise<void> {
    let done = 0;
    for (const [n, event] of events.entries()) {
      if (this.isOver) break;
      if (!this.consumer.isWanted(event.type)) continue;
      // Before the mark: a mark that stays for as long as a pause would blame the event for whatever ends the process.
      if (this.tools.pauses.current.stops(this.consumer.name)) return;
      await this.cursor.hold(await this.cursor.get(), event.position - 1);
      await this.deliverer.deliver([event]);
      // A worker that stops begins nothing more: the next mark would move the cursor past an event that was not delivered.
      if ((await this.cursor.get()).position < event.position) return;
      this.#left -= 1;
      done = n + 1;
    }
    const rest = events.slice(done);
    if (rest.length > 0) await this.deliverer.deliver(rest);
    // A batch that was not full was all there was.
    if (events.length < this.tools.config.batchSize) this.end();
  }

  /** Delivers the first due ticket, if there is one. */
  async deliverTicket(): Promise<number> {
    const { name, blockingRegex } = this.consumer;
    const { changes } = await this.cursor.get();
    const { fence } = this.cursor;
    const [next] = await this.tools.unitOfWork.runApart((tx) =>
      this.tools.tickets.due(tx, { consumer: name, fence, limit: 1, blockingRegex, changes, pauses: this.tools.pauses.current }),
    );
    if (next === undefined || !(await this.tools.tickets.begin(name, fence, next))) return 0;
    try {
      const tried = await this.deliverer.deliverTickets(1);
      this.#left = Math.max(0, this.#left - 1);
      // It, or one before it, was paused since: the mark must not stay for as long as the pause.
      if (this.tools.pauses.current !== PauseSet.NONE) await this.tools.tickets.giveBack(name, fence);
      return tried;
    } catch (error) {
      // It was not the handler's fault. While the database is away the mark stays, and this worker takes the ticket up again.
      await this.tools.tickets.giveBack(name, fence).catch(() => undefined);
      throw error;
    }
  }
}
