import { performance } from 'node:perf_hooks';
import type { ConsumerMetrics } from '../metrics/consumer.metrics.js';
import type { DueTicket, TicketOutcomes } from '../tickets/ticket.js';
import type { ConsumerCursor } from './consumer-cursor.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import { findCulprits, UnknownCulpritError } from './culprit-search.js';
import type { Attempt, Handled, TransactionalCalls } from './transactional-calls.js';
import type { RunnerTools } from './runner-tools.js';

/** Delivers due tickets of one consumer again: effects, what became of the tickets, and a hold on the cursor in one transaction. */
export class TicketDelivery {
  constructor(
    private readonly consumer: RegisteredConsumer,
    private readonly tools: RunnerTools,
    private readonly cursor: ConsumerCursor,
    private readonly calls: TransactionalCalls,
    private readonly metrics: ConsumerMetrics,
  ) {}

  /**
   * Delivers the due tickets that come first.
   *
   * @param limit - tickets, at least 1
   * @returns how many were tried; 0 when none is due
   */
  async deliver(limit: number): Promise<number> {
    for (let most = limit; ; most = Math.ceil(most / 2)) {
      try {
        let tried: readonly DueTicket[] = [];
        const only = (): string | undefined => (tried.length === 1 ? tried[0]?.delivery.event.id : undefined);
        // Tickets have failed before, so each is tried with a savepoint of its own.
        return await findCulprits(this.consumer.name, true, only, (attempt) =>
          this.attempt(most, attempt, (due) => {
            tried = due;
          }),
        );
      } catch (error) {
        if (!(error instanceof UnknownCulpritError) || most === 1) throw error;
      }
    }
  }

  private async attempt(limit: number, attempt: Attempt, onDue: (due: readonly DueTicket[]) => void): Promise<number> {
    const startedAt = performance.now();
    const cursor = await this.cursor.get();
    const { name, blockingRegex } = this.consumer;
    let committed: () => void = () => undefined;
    let handled: Handled | undefined;
    try {
      const count = await this.tools.unitOfWork.runApart(async (tx) => {
        const due = await this.tools.tickets.due(tx, {
          consumer: name,
          fence: this.cursor.fence,
          limit,
          blockingRegex,
          changes: cursor.changes,
          pauses: this.tools.pauses.current,
        });
        onDue(due);
        if (due.length === 0) return 0;
        handled = await this.calls.all(
          tx,
          due.map(({ delivery }) => delivery),
          attempt,
        );
        this.tools.tickets.finish(tx, name, blockingRegex, toOutcomes(due, handled));
        committed = this.cursor.moveAtCommit(tx, cursor, {
          position: cursor.position,
          delivered: handled.delivered.length,
          hasTickets: true,
        });
        return due.length;
      });
      committed();
      if (handled !== undefined) {
        this.metrics.handled(handled.delivered, handled.failed, performance.now() - startedAt);
        this.tools.delivered.add(handled.delivered.length);
        this.tools.failureLog.committed(name, handled.failed);
      }
      return count;
    } catch (error) {
      this.cursor.doubt(error);
      throw error;
    }
  }
}

/** Deliveries may be other objects than those of the tickets, with a gap that became known; the id of the event tells. */
function toOutcomes(due: readonly DueTicket[], { delivered, failed, behind }: Handled): TicketOutcomes {
  const tickets = new Map(due.map((ticket) => [ticket.delivery.event.id, ticket]));
  const of = (id: string): DueTicket => {
    const ticket = tickets.get(id);
    if (ticket === undefined) throw new Error(`No ticket of event ${id} was due.`);
    return ticket;
  };
  return {
    delivered: delivered.map(({ event }) => of(event.id)),
    failed: failed.map((attempt) => ({ ...attempt, replay: of(attempt.delivery.event.id).replay })),
    behind: behind.map(({ event }) => of(event.id)),
  };
}
