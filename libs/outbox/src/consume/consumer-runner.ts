import type { UnitOfWork } from '#zakops/database';
import { DatabaseUnavailableError } from '#zakops/database';
import { runInCall } from '#zakops/observability';
import { nextSpan, parseTraceparent } from '#zakops/kernel';
import { Logger } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import type { Leadership } from '../lease/leadership.js';
import type { OutboxConfig } from '../outbox.config.js';
import { SerialTask } from '../relay/serial-task.js';
import { DeliveryTimeoutError, isPermanent, reasonCodeOf, retryDelaySeconds } from '../tickets/retry-schedule.js';
import { ClaimLostError } from '../tickets/ticket-store.js';
import type { TicketStore } from '../tickets/ticket-store.js';
import type { Claim, ClaimedTicket } from '../tickets/ticket.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import type { Delivery } from './event-consumer.js';
import type { Inbox } from './inbox.js';

const MAX_ERROR_CHARACTERS = 500;

/** What a runner needs; all runners of a worker share it. */
export interface ConsumerRunnerTools {
  readonly tickets: TicketStore;
  readonly inbox: Inbox;
  readonly unitOfWork: UnitOfWork;
  readonly leadership: Leadership;
  readonly config: OutboxConfig;
  /** Called with the number of tickets delivered. */
  readonly onDelivered: (tickets: number) => void;
}

/**
 * Delivers the tickets of one consumer, in order within each aggregate.
 *
 * @remarks A claimed batch is delivered in one transaction with its inbox entries and marks. When that fails, the batch is halved
 * until the culprit stands alone: it waits for its retry or is dead, later events of its aggregate are given back, all others are
 * delivered.
 */
export class ConsumerRunner {
  readonly #logger: Logger;
  readonly #task: SerialTask;
  /** Claims that could not be given back because the database was away. */
  readonly #abandoned: Claim[] = [];
  #stopping = false;

  constructor(
    readonly consumer: RegisteredConsumer,
    private readonly tools: ConsumerRunnerTools,
  ) {
    this.#logger = new Logger(`${ConsumerRunner.name}:${consumer.name}`);
    this.#task = new SerialTask(
      () => this.drain(),
      (error) => {
        this.#logger.warn({ err: error }, 'Delivery stopped; it goes on at the next poll.');
      },
    );
  }

  /** Looks for due tickets now. */
  wake(): void {
    if (!this.#stopping) this.#task.trigger();
  }

  /** Claims nothing more, and resolves when the batch in hand is finished or given back. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#task.idle();
  }

  private async drain(): Promise<void> {
    const { tickets, leadership, config } = this.tools;
    for (let claim = this.#abandoned.shift(); claim !== undefined; claim = this.#abandoned.shift())
      await this.giveBack(claim, claim.tickets);
    for (;;) {
      const workerFence = leadership.fence;
      if (workerFence === undefined || this.#stopping) return;
      const claim = await tickets.claim({
        consumer: this.consumer.name,
        limit: config.batchSize,
        workerFence,
        owner: leadership.owner,
        leaseMs: config.leaseMs,
        blockOnDead: this.consumer.onDead === 'block',
      });
      if (claim === undefined) return;
      await this.process(claim);
    }
  }

  private async process(claim: Claim): Promise<void> {
    const { tickets, config } = this.tools;
    const renewal = setInterval(() => {
      // A failed renewal shows when the tickets are marked; until then the work may still be in time.
      tickets.renew(claim, config.leaseMs).catch(() => undefined);
    }, config.leaseMs / 3);
    const heldStreams = new Set<string>();
    try {
      await this.deliver(claim, claim.tickets, heldStreams);
    } catch (error) {
      if (error instanceof ClaimLostError) {
        this.#logger.warn({ fence: claim.fence }, error.message);
        return;
      }
      await this.giveBack(claim, claim.tickets);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  /** Delivers tickets together, or by halves; streams with a failure are added to `heldStreams` and their later tickets given back. */
  private async deliver(claim: Claim, all: readonly ClaimedTicket[], heldStreams: Set<string>): Promise<void> {
    const held = all.filter((ticket) => heldStreams.has(ticket.stream));
    const free = held.length === 0 ? all : all.filter((ticket) => !heldStreams.has(ticket.stream));
    await this.giveBack(claim, held);
    if (free.length === 0) return;
    const startedAt = performance.now();
    try {
      await this.deliverTogether(claim, free);
      this.tools.onDelivered(free.length);
    } catch (error) {
      // Neither is the handler's fault: these attempts do not count.
      if (error instanceof ClaimLostError || error instanceof DatabaseUnavailableError) throw error;
      const [only] = free;
      if (free.length === 1 && only !== undefined) {
        await this.markFailed(claim, only, error, performance.now() - startedAt);
        heldStreams.add(only.stream);
        return;
      }
      const middle = Math.ceil(free.length / 2);
      await this.deliver(claim, free.slice(0, middle), heldStreams);
      await this.deliver(claim, free.slice(middle), heldStreams);
    }
  }

  private async deliverTogether(claim: Claim, batch: readonly ClaimedTicket[]): Promise<void> {
    const { unitOfWork, inbox, tickets } = this.tools;
    const ids = batch.map((ticket) => ticket.delivery.event.id);
    await unitOfWork.run(async (tx) => {
      const fresh = await inbox.admit(tx, claim.consumer, ids);
      const deliveries = batch.map((ticket) => ticket.delivery).filter((delivery) => fresh.has(delivery.event.id));
      const { instance } = this.consumer;
      if ('handleBatch' in instance) {
        const [first] = deliveries;
        if (first !== undefined) await this.inTime(first, (signal) => instance.handleBatch(deliveries, tx, signal));
      } else {
        for (const delivery of deliveries) await this.inTime(delivery, (signal) => instance.handle(delivery, tx, signal));
      }
      await tickets.deliver(tx, claim, ids);
    });
  }

  /** Runs a handler as a call of its own, within its time limit. */
  private async inTime(delivery: Delivery, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { name } = this.consumer;
    const limitMs = this.tools.config.handlerTimeoutMs;
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new DeliveryTimeoutError(name, limitMs);
        abort.abort(error);
        reject(error);
      }, limitMs);
    });
    const { event } = delivery;
    const call = {
      trace: nextSpan(parseTraceparent(event.traceparent ?? undefined)),
      correlationId: event.correlationId,
      causationId: event.id,
      actor: { type: 'system', id: name },
    } as const;
    try {
      await Promise.race([runInCall(call, () => work(abort.signal)), limit]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async markFailed(claim: Claim, ticket: ClaimedTicket, error: unknown, durationMs: number): Promise<void> {
    const { tickets, config } = this.tools;
    const { event, attempt } = ticket.delivery;
    const status = await tickets.fail(claim, event.id, {
      permanent: isPermanent(error),
      maxAttempts: config.maxAttempts,
      delaySeconds: retryDelaySeconds(attempt),
      reasonCode: reasonCodeOf(error),
      error: (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR_CHARACTERS),
      durationMs,
    });
    if (status === undefined) throw new ClaimLostError(claim.consumer);
    const facts = { err: error, event_id: event.id, event_type: event.type, attempt, status };
    if (status === 'dead') this.#logger.error(facts, 'An event is dead for this consumer and waits in the dead letter queue.');
    else this.#logger.warn(facts, 'An event could not be delivered and waits for its retry.');
  }

  /** Gives tickets back untried; while the database is away they are remembered, and the lease ends by itself at the latest. */
  private async giveBack(claim: Claim, tickets: readonly ClaimedTicket[]): Promise<void> {
    try {
      await this.tools.tickets.release(
        claim,
        tickets.map((ticket) => ticket.delivery.event.id),
      );
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError)) throw error;
      this.#abandoned.push({ ...claim, tickets });
      throw error;
    }
  }
}
