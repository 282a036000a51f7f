import { databaseErrorFacts, DatabaseUnavailableError, isStatementTimeout } from '#zakops/database';
import { nextSpan, parseTraceparent } from '#zakops/kernel';
import { tracing } from '#zakops/tracing';
import type { Span } from '#zakops/tracing';
import { performance } from 'node:perf_hooks';
import { ClaimLostError } from '../tickets/ticket-store.js';
import type { Claim, ClaimedTicket } from '../tickets/ticket.js';
import { DeliverySpans } from '../tracing/delivery-spans.js';
import { callHandler, DeliveryInterruptedError } from './call-handler.js';
import type { ConsumerRunnerTools } from './consumer-runner-tools.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import type { Delivery } from './event-consumer.js';

// A batch of slow events is committed in parts: what is done becomes visible, and a stop need not wait for the rest.
const LONGEST_BATCH_MS = 1_000;

const TRANSACTION_ABORTED = '25P02';

/** What a handler is working on at the moment: one ticket, a whole batch, or nothing. */
interface InHand {
  tickets: readonly ClaimedTicket[];
  /** Undefined while tracing is off. */
  readonly spans: DeliverySpans | undefined;
}

/** None was delivered: why, and which one is to blame if that is known. */
export interface FailedBatch {
  readonly error: unknown;
  readonly culprit: number | undefined;
  /** Of the culprit's attempt; ended by whoever writes down what follows. Undefined while tracing is off. */
  readonly span: Span | undefined;
}

/** So many tickets from the first one on are delivered; or none. */
export type BatchOutcome = { readonly done: number } | FailedBatch;

/** Delivers tickets in one transaction with their inbox entries and their marks. */
export class BatchTransaction {
  constructor(
    private readonly consumer: RegisteredConsumer,
    private readonly tools: ConsumerRunnerTools,
    private readonly interrupt: AbortSignal,
    private readonly isStopping: () => boolean,
  ) {}

  /**
   * Tries once.
   *
   * @param batch - at least one ticket of the claim
   * @throws ClaimLostError, DeliveryInterruptedError, DatabaseUnavailableError when it failed for a reason that is not the handler's:
   * such an attempt does not count
   */
  async attempt(claim: Claim, batch: readonly ClaimedTicket[]): Promise<BatchOutcome> {
    const spans = tracing.on ? new DeliverySpans(this.consumer.name) : undefined;
    const inHand: InHand = { tickets: [], spans };
    try {
      const done = await this.deliverTogether(claim, batch, inHand);
      spans?.committed();
      return { done };
    } catch (error) {
      const isFailed = isFailedAttempt(error, inHand);
      const culprit = !isFailed ? undefined : batch.length === 1 ? 0 : culpritIndex(batch, error, inHand);
      const span = spans?.rolledBack(culprit === undefined ? undefined : batch[culprit]?.delivery);
      if (!isFailed) throw error;
      return { error, culprit, span };
    }
  }

  /** Delivers as many as fit into a transaction of reasonable length, from the first one on, and tells how many. */
  private deliverTogether(claim: Claim, batch: readonly ClaimedTicket[], inHand: InHand): Promise<number> {
    const { unitOfWork, inbox, tickets, config } = this.tools;
    const { instance } = this.consumer;
    const ids = batch.map((ticket) => ticket.delivery.event.id);
    return unitOfWork.run(async (tx) => {
      inHand.tickets = [];
      // Of a run before this one, which met a conflict.
      inHand.spans?.rolledBack();
      const startedAt = performance.now();
      const fresh = await inbox.admit(tx, claim.consumer, ids, config.leaseMs);
      if ('handleBatch' in instance) {
        const deliveries = batch.map((ticket) => ticket.delivery).filter((delivery) => fresh.has(delivery.event.id));
        inHand.tickets = batch;
        await this.inTime(deliveries, inHand, (signal) => instance.handleBatch(deliveries, tx, signal));
        inHand.tickets = [];
        await tickets.deliver(tx, claim, ids);
        return batch.length;
      }
      let done = 0;
      for (const ticket of batch) {
        if (done > 0 && (this.isStopping() || performance.now() - startedAt > LONGEST_BATCH_MS)) break;
        const { delivery } = ticket;
        inHand.tickets = [ticket];
        if (fresh.has(delivery.event.id)) await this.inTime([delivery], inHand, (signal) => instance.handle(delivery, tx, signal));
        done += 1;
      }
      inHand.tickets = [];
      // What was not handled must not be remembered as if it had been.
      const left = ids.slice(done).filter((id) => fresh.has(id));
      if (left.length > 0) await inbox.withdraw(tx, claim.consumer, left);
      await tickets.deliver(tx, claim, ids.slice(0, done));
      return done;
    });
  }

  private async inTime(deliveries: readonly Delivery[], { spans }: InHand, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const [first] = deliveries;
    if (first === undefined) return;
    const span = spans?.start(deliveries);
    const trace = span?.context ?? nextSpan(parseTraceparent(first.event.traceparent ?? undefined));
    const call = (): Promise<void> =>
      callHandler(this.consumer.name, first, trace, this.tools.config.handlerTimeoutMs, this.interrupt, work);
    await (span === undefined ? call() : tracing.within(span, call));
    spans?.handled(deliveries);
  }
}

/** False for failures that are not the handler's: these attempts do not count. */
function isFailedAttempt(error: unknown, inHand: InHand): boolean {
  if (error instanceof ClaimLostError || error instanceof DeliveryInterruptedError) return false;
  if (!(error instanceof DatabaseUnavailableError)) return true;
  // A handler's own statement that takes too long would take too long for ever. Should the server be the cause, the failure cannot be
  // written down either, and the tickets are given back after all.
  return inHand.tickets.length > 0 && isStatementTimeout(error.cause);
}

/** The one event in a handler's hand when it failed; undefined if it may have been another one's fault. */
function culpritIndex(batch: readonly ClaimedTicket[], error: unknown, inHand: InHand): number | undefined {
  const [ticket] = inHand.tickets;
  if (ticket === undefined || inHand.tickets.length > 1) return undefined;
  // An earlier handler has swallowed an error of the database.
  if (error instanceof Error && databaseErrorFacts(error.cause).sqlState === TRANSACTION_ABORTED) return undefined;
  return batch.indexOf(ticket);
}
