import { databaseErrorFacts, DatabaseUnavailableError, isQueryTimeout } from '#zakops/database';
import { performance } from 'node:perf_hooks';
import { ClaimLostError } from '../tickets/ticket-store.js';
import type { Claim, ClaimedTicket } from '../tickets/ticket.js';
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
}

/** So many tickets from the first one on are delivered; or none, and why, and which one is to blame if that is known. */
export type BatchOutcome = { readonly done: number } | { readonly error: unknown; readonly culprit: number | undefined };

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
    const inHand: InHand = { tickets: [] };
    try {
      return { done: await this.deliverTogether(claim, batch, inHand) };
    } catch (error) {
      if (!isFailedAttempt(error, inHand)) throw error;
      return { error, culprit: batch.length === 1 ? 0 : culpritIndex(batch, error, inHand) };
    }
  }

  /** Delivers as many as fit into a transaction of reasonable length, from the first one on, and tells how many. */
  private deliverTogether(claim: Claim, batch: readonly ClaimedTicket[], inHand: InHand): Promise<number> {
    const { unitOfWork, inbox, tickets, config } = this.tools;
    const { instance } = this.consumer;
    const ids = batch.map((ticket) => ticket.delivery.event.id);
    return unitOfWork.run(async (tx) => {
      inHand.tickets = [];
      const startedAt = performance.now();
      const fresh = await inbox.admit(tx, claim.consumer, ids, config.leaseMs);
      if ('handleBatch' in instance) {
        const deliveries = batch.map((ticket) => ticket.delivery).filter((delivery) => fresh.has(delivery.event.id));
        inHand.tickets = batch;
        const [first] = deliveries;
        if (first !== undefined) await this.inTime(first, (signal) => instance.handleBatch(deliveries, tx, signal));
        inHand.tickets = [];
        await tickets.deliver(tx, claim, ids);
        return batch.length;
      }
      let done = 0;
      for (const ticket of batch) {
        if (done > 0 && (this.isStopping() || performance.now() - startedAt > LONGEST_BATCH_MS)) break;
        const { delivery } = ticket;
        inHand.tickets = [ticket];
        if (fresh.has(delivery.event.id)) await this.inTime(delivery, (signal) => instance.handle(delivery, tx, signal));
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

  private async inTime(delivery: Delivery, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    await callHandler(this.consumer.name, delivery, this.tools.config.handlerTimeoutMs, this.interrupt, work);
  }
}

/** False for failures that are not the handler's: these attempts do not count. */
function isFailedAttempt(error: unknown, inHand: InHand): boolean {
  if (error instanceof ClaimLostError || error instanceof DeliveryInterruptedError) return false;
  if (!(error instanceof DatabaseUnavailableError)) return true;
  // A handler's own statement that takes too long would take too long for ever. Should the server be the cause, the failure cannot be
  // written down either, and the tickets are given back after all.
  return inHand.tickets.length > 0 && isQueryTimeout(error.cause);
}

/** The one event in a handler's hand when it failed; undefined if it may have been another one's fault. */
function culpritIndex(batch: readonly ClaimedTicket[], error: unknown, inHand: InHand): number | undefined {
  const [ticket] = inHand.tickets;
  if (ticket === undefined || inHand.tickets.length > 1) return undefined;
  // An earlier handler has swallowed an error of the database.
  if (error instanceof Error && databaseErrorFacts(error.cause).sqlState === TRANSACTION_ABORTED) return undefined;
  return batch.indexOf(ticket);
}
