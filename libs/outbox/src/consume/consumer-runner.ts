import { SerialTask } from '#zakops/kernel';
import { Logger } from '@nestjs/common';
import type { ConsumerMetrics } from '../metrics/consumer.metrics.js';
import { AwaitingDeliverer } from './awaiting-deliverer.js';
import { DeliveryInterruptedError } from './handler-call.js';
import { ConsumerCursor, CursorLostError } from './consumer-cursor.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import { CursorMovedError } from '../tickets/delivery.errors.js';
import type { Deliverer } from './deliverer.js';
import { ReplayRunner } from '../replay/replay-runner.js';
import type { RunnerTools } from './runner-tools.js';
import { SuspectSearch } from './suspect-search.js';
import { TransactionalDeliverer } from './transactional-deliverer.js';

/**
 * Batches of due tickets before the log goes on. Later events of their aggregates would only get tickets too, so tickets come first; and
 * other aggregates wait for a few batches at most, however many tickets are due.
 */
const TICKET_BATCHES = 4;

/** The part of a stopping process's time after which a handler is interrupted; the rest is for rolling back. */
const INTERRUPT_AT = 0.8;

/** What came of a run of the loop. */
export interface RunnerObserver {
  /** Everything that could be delivered is delivered or has a ticket. */
  succeeded(): void;
  failed(error: unknown): void;
}

/**
 * Brings the log to one consumer: reads after its cursor, delivers, moves the cursor, and delivers tickets that are due in between.
 *
 * @remarks `docs/relay.md` draws it. One loop, which never overlaps itself, so that an aggregate's events cannot overtake each other.
 */
export class ConsumerRunner {
  readonly #logger: Logger;
  readonly #interrupt = new AbortController();
  readonly #metrics: ConsumerMetrics;
  readonly #cursor: ConsumerCursor;
  readonly #deliverer: Deliverer;
  readonly #suspects: SuspectSearch;
  readonly #replay: ReplayRunner;
  readonly #task: SerialTask;
  #lookForTickets = true;
  #reload = true;
  #stopping = false;

  constructor(
    readonly consumer: RegisteredConsumer,
    private readonly tools: RunnerTools,
    private readonly observer: RunnerObserver,
  ) {
    this.#logger = new Logger(`${ConsumerRunner.name}:${consumer.name}`);
    this.#metrics = tools.metrics.ofConsumer(consumer.name);
    this.#cursor = new ConsumerCursor(consumer.name, tools);
    this.#deliverer = this.makeDeliverer();
    this.#suspects = new SuspectSearch(consumer, tools, this.#cursor, this.#deliverer);
    this.#replay = new ReplayRunner(consumer, tools, this.#cursor, {
      interrupt: this.#interrupt.signal,
      isStopping: () => this.#stopping,
      wake: () => {
        this.wake();
      },
    });
    this.#task = new SerialTask(
      async () => {
        await this.drain();
        this.observer.succeeded();
      },
      (error) => {
        this.onError(error);
      },
    );
  }

  /** Looks for new events now. */
  wake(): void {
    if (!this.#stopping) this.#task.trigger();
  }

  /** Looks for new events, for tickets that are due, and at the row of the cursor, which an operator may have changed. */
  wakeForTickets(): void {
    this.#lookForTickets = true;
    this.#reload = true;
    this.#replay.look();
    this.wake();
  }

  /** Starts to deliver, once this worker holds the lease and has prepared the rows of its consumers. */
  begin(): void {
    this.#suspects.end();
    this.wakeForTickets();
  }

  /** As {@link begin}, after a crash: what comes next may have ended the worker before. */
  beginAfterCrash(): void {
    this.#suspects.begin();
    this.wakeForTickets();
  }

  /** Begins nothing more, and resolves when the events in hand are finished or rolled back; a handler that hangs is interrupted. */
  async stop(shutdownTimeoutMs: number): Promise<void> {
    this.#stopping = true;
    const timer = setTimeout(() => {
      this.#interrupt.abort(new DeliveryInterruptedError(this.consumer.name));
    }, shutdownTimeoutMs * INTERRUPT_AT);
    await this.#task.idle();
    clearTimeout(timer);
    this.#replay.stop();
  }

  private async drain(): Promise<void> {
    if (this.#reload) this.#cursor.forget();
    this.#reload = false;
    while (!this.#stopping && this.tools.leadership.fence !== undefined) {
      try {
        const delivered = await this.step();
        // Between two batches of the log, so that live events wait for one portion at most.
        const replayed = await this.#replay.step();
        if (!delivered && !replayed) return;
      } catch (error) {
        // An operator has changed tickets: what was prepared is not committed, and is prepared again by what is true now.
        if (!(error instanceof CursorMovedError)) throw error;
        this.#cursor.forget();
      }
    }
  }

  /** Delivers what is due, and the next batch of the log; false when there was neither. */
  private async step(): Promise<boolean> {
    const pauses = this.tools.pauses.fresh ?? (await this.tools.pauses.look());
    if (pauses.stops(this.consumer.name)) return false;
    const { position } = await this.#cursor.get();
    const tickets = await this.deliverTickets();
    const events = await this.tools.reader.read(position);
    const last = events.at(-1);
    if (last === undefined) return tickets > 0;
    this.tools.crashPoints.reach('after-read');
    this.tools.reader.readAhead(last.position);
    if (this.tools.pauses.current.stops(this.consumer.name)) return tickets > 0;
    await (this.#suspects.isOver ? this.#deliverer.deliver(events) : this.#suspects.deliver(events));
    return true;
  }

  /** @returns how many were tried, or held because they are paused */
  private async deliverTickets(): Promise<number> {
    let total = 0;
    for (let batch = 0; batch < TICKET_BATCHES; batch += 1) {
      const { hasTickets } = await this.#cursor.get();
      if (!hasTickets || !this.#lookForTickets || this.#stopping) break;
      const { current: pauses } = this.tools.pauses;
      if (pauses.stops(this.consumer.name)) break;
      const held = pauses.holdsSome ? await this.tools.heldTickets.holdDue(this.consumer.name, this.consumer.blockingRegex) : 0;
      const delivered = this.#suspects.isOver
        ? await this.#deliverer.deliverTickets(this.tools.config.batchSize)
        : await this.#suspects.deliverTicket();
      const tried = held + delivered;
      if (tried === 0) this.#lookForTickets = false;
      total += tried;
    }
    return total;
  }

  private onError(error: unknown): void {
    if (error instanceof CursorLostError || error instanceof DeliveryInterruptedError) {
      this.#cursor.forget();
      if (error instanceof CursorLostError) this.#metrics.fenced();
      this.#logger.warn(error.message);
      return;
    }
    this.observer.failed(error);
    this.#logger.warn({ err: error }, 'Delivery stopped; it goes on at the next poll.');
  }

  private makeDeliverer(): Deliverer {
    const { consumer, tools } = this;
    const { instance } = consumer;
    const isStopping = (): boolean => this.#stopping;
    return 'handleAwaiting' in instance
      ? new AwaitingDeliverer({ ...consumer, instance }, tools, this.#cursor, this.#metrics, this.#interrupt.signal, isStopping)
      : new TransactionalDeliverer({ ...consumer, instance }, tools, this.#cursor, this.#metrics, this.#interrupt.signal, isStopping);
  }
}
