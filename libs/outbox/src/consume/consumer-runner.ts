import { DatabaseUnavailableError } from '#zakops/database';
import { Logger } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { SerialTask } from '../relay/serial-task.js';
import { isPermanent, reasonCodeOf, retryDelaySeconds } from '../tickets/retry-schedule.js';
import { ClaimLostError } from '../tickets/ticket-store.js';
import type { Claim, ClaimedTicket } from '../tickets/ticket.js';
import type { ConsumerMetrics } from '../relay/consumer.metrics.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import { endFailed } from '../tracing/delivery-spans.js';
import { BatchTransaction } from './batch-transaction.js';
import type { FailedBatch } from './batch-transaction.js';
import { DeliveryInterruptedError } from './call-handler.js';
import type { ConsumerRunnerTools } from './consumer-runner-tools.js';

const MAX_ERROR_CHARACTERS = 500;

/** The part of a stopping process's time after which a handler is interrupted; the rest is for rolling back and giving back. */
const INTERRUPT_AT = 0.8;

/** A claim whose lease is being renewed. */
interface LeasedBatch {
  readonly claim: Claim;
  readonly renewal: NodeJS.Timeout;
}

/** What became of streams in a batch. */
interface BatchStreams {
  /** Nothing more of these is delivered in this batch. */
  readonly held: Set<string>;
  /** Something of these failed or was given back: a batch that was claimed meanwhile may hold later tickets, and must not deliver them. */
  readonly returned: Set<string>;
}

/**
 * Delivers the tickets of one consumer, in order within each aggregate.
 *
 * @remarks A claimed batch is delivered in one transaction with its inbox entries and marks. When that fails, the event in hand is the
 * culprit, or, if a handler takes whole batches, the batch is halved until the culprit stands alone: it waits for its retry or is
 * dead, later events of its aggregate are given back, all others are delivered. While a full batch is delivered the next one is claimed.
 */
export class ConsumerRunner {
  readonly #logger: Logger;
  readonly #task: SerialTask;
  /** Claims that could not be given back because the database was away. */
  readonly #abandoned: Claim[] = [];
  readonly #interrupt = new AbortController();
  readonly #batches: BatchTransaction;
  readonly #metrics: ConsumerMetrics;
  #stopping = false;

  constructor(
    readonly consumer: RegisteredConsumer,
    private readonly tools: ConsumerRunnerTools,
  ) {
    this.#logger = new Logger(`${ConsumerRunner.name}:${consumer.name}`);
    this.#batches = new BatchTransaction(consumer, tools, this.#interrupt.signal, () => this.#stopping);
    this.#metrics = tools.metrics.ofConsumer(consumer.name);
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

  /** Claims nothing more, and resolves when the events in hand are finished or given back; a handler that hangs is interrupted. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const timer = setTimeout(() => {
      this.#interrupt.abort(new DeliveryInterruptedError(this.consumer.name));
    }, this.tools.config.shutdownTimeoutMs * INTERRUPT_AT);
    await this.#task.idle();
    clearTimeout(timer);
  }

  private async drain(): Promise<void> {
    for (let claim = this.#abandoned.shift(); claim !== undefined; claim = this.#abandoned.shift())
      await this.giveBack(claim, claim.tickets);
    let batch = await this.claim();
    let streams: BatchStreams = { held: new Set(), returned: new Set() };
    while (batch !== undefined) {
      // A full batch has more behind it: the database claims that while this one is delivered. Not while streams are held: what this
      // batch gives back of them has to be claimed before anything later of them is.
      const isFull = batch.claim.tickets.length >= this.tools.config.batchSize;
      const next = isFull && streams.held.size === 0 ? this.claimAhead(batch.claim.fence) : undefined;
      let intact = false;
      try {
        intact = await this.process(batch, streams);
      } finally {
        // Unless all of this batch is done, what comes after it must wait.
        if (!intact) await this.giveBackAhead(next);
      }
      // A claim that was made beside this batch did not see what failed in it or went back; every later one does.
      streams = { held: next !== undefined && intact ? streams.returned : new Set(), returned: new Set() };
      batch = next !== undefined && intact ? await next : await this.claim();
    }
  }

  /**
   * Claims the next batch and keeps its lease alive until it is processed.
   *
   * @param besideFence - the claim in hand, which is finished first
   */
  private async claim(besideFence?: string): Promise<LeasedBatch | undefined> {
    const { tickets, leadership, config } = this.tools;
    const workerFence = leadership.fence;
    if (workerFence === undefined || this.#stopping) return undefined;
    const claim = await tickets.claim({
      consumer: this.consumer.name,
      limit: config.batchSize,
      workerFence,
      owner: leadership.owner,
      leaseMs: config.leaseMs,
      blockOnDead: this.consumer.onDead === 'block',
      ...(besideFence === undefined ? {} : { besideFence }),
    });
    if (claim === undefined) return undefined;
    const renewal = setInterval(() => {
      // A failed renewal shows when the tickets are marked; until then the work may still be in time.
      tickets.renew(claim, config.leaseMs).catch(() => undefined);
    }, config.leaseMs / 3);
    return { claim, renewal };
  }

  /** Claims beside the batch in hand; a failure shows when the claim is awaited, and not before. */
  private claimAhead(besideFence: string): Promise<LeasedBatch | undefined> {
    const ahead = this.claim(besideFence);
    ahead.catch(() => undefined);
    return ahead;
  }

  private async giveBackAhead(next: Promise<LeasedBatch | undefined> | undefined): Promise<void> {
    // The error of the batch in hand is the one to report; a claim that failed has nothing to give back.
    const batch = await next?.catch(() => undefined);
    if (batch === undefined) return;
    clearInterval(batch.renewal);
    await this.giveBack(batch.claim, batch.claim.tickets).catch(() => undefined);
  }

  /**
   * Delivers a batch.
   *
   * @param streams - those that the batch before returned are held; those that this one returns are added
   * @returns false when it was taken away or interrupted, and given back
   */
  private async process({ claim, renewal }: LeasedBatch, streams: BatchStreams): Promise<boolean> {
    try {
      await this.deliver(claim, claim.tickets, streams);
      return true;
    } catch (error) {
      if (error instanceof ClaimLostError) this.#metrics.fenced();
      // Also after a lost claim: what of it is still held would otherwise wait for the end of its lease.
      await this.giveBack(claim, claim.tickets);
      if (!(error instanceof ClaimLostError || error instanceof DeliveryInterruptedError)) throw error;
      this.#logger.warn({ fence: claim.fence }, error.message);
      return false;
    } finally {
      clearInterval(renewal);
    }
  }

  /** Delivers tickets together, or in parts; a stream with a failure is held, and its later tickets go back. */
  private async deliver(claim: Claim, all: readonly ClaimedTicket[], streams: BatchStreams): Promise<void> {
    const held = all.filter((ticket) => streams.held.has(ticket.stream));
    const free = held.length === 0 ? all : all.filter((ticket) => !streams.held.has(ticket.stream));
    for (const { stream } of held) streams.returned.add(stream);
    await this.giveBack(claim, held);
    if (free.length === 0) return;
    if (this.#stopping) {
      await this.giveBack(claim, free);
      return;
    }
    const startedAt = performance.now();
    const result = await this.#batches.attempt(claim, free);
    if ('done' in result) {
      this.tools.onDelivered(result.done);
      this.#metrics.delivered(free, result.done, performance.now() - startedAt);
      if (result.done < free.length) await this.deliver(claim, free.slice(result.done), streams);
      return;
    }
    const { culprit } = result;
    if (culprit === undefined) {
      const middle = Math.ceil(free.length / 2);
      await this.deliver(claim, free.slice(0, middle), streams);
      await this.deliver(claim, free.slice(middle), streams);
      return;
    }
    const durationMs = performance.now() - startedAt;
    await this.deliver(claim, free.slice(0, culprit), streams);
    for (const ticket of free.slice(culprit, culprit + 1)) {
      if (streams.held.has(ticket.stream)) await this.giveBackFailed(claim, ticket, result);
      else await this.markFailed(claim, ticket, result, durationMs);
      streams.held.add(ticket.stream);
      streams.returned.add(ticket.stream);
    }
    await this.deliver(claim, free.slice(culprit + 1), streams);
  }

  /** What came before it in its stream failed after all, when it was delivered without this one. */
  private async giveBackFailed(claim: Claim, ticket: ClaimedTicket, { error, span }: FailedBatch): Promise<void> {
    if (span !== undefined) endFailed(span, error);
    await this.giveBack(claim, [ticket]);
  }

  private async markFailed(claim: Claim, ticket: ClaimedTicket, { error, span }: FailedBatch, durationMs: number): Promise<void> {
    const { tickets, config } = this.tools;
    const { event, attempt } = ticket.delivery;
    const delaySeconds = retryDelaySeconds(attempt);
    const status = await tickets.fail(claim, event.id, {
      permanent: isPermanent(error),
      maxAttempts: config.maxAttempts,
      delaySeconds,
      reasonCode: reasonCodeOf(error),
      error: (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR_CHARACTERS),
      durationMs,
    });
    if (span !== undefined) endFailed(span, error, status === undefined ? undefined : { status, delaySeconds });
    if (status === undefined) throw new ClaimLostError(claim.consumer);
    this.#metrics.failed(status, durationMs);
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
