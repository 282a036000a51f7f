import { AuditLog } from '#zakops/audit';
import { DatabaseConfig, UnitOfWork } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { TicketFilter } from '../ticket-filter.js';
import { TicketTryStore } from '../ticket-try.store.js';
import type { TryPortion } from '../ticket-try.store.js';
import { TicketReader } from '../ticket.reader.js';
import type { TicketKey } from '../ticket.view.js';

/** How long it may take; balancers and clients usually wait a minute for an answer. */
const LONGEST_MS = 20_000;

/** How far a walk goes. */
export interface TryLimits {
  /** Aborted to begin no further portion. */
  readonly signal?: AbortSignal;
}

/** What a walk did. */
export interface TriedTickets {
  /** Tickets that are due now and were not. */
  readonly count: number;
  /** Failed tickets that fit and are not due: they stand behind another one or a pause, a worker holds them, or the time was over. */
  readonly remaining: number;
}

/**
 * Makes failed tickets due in portions.
 *
 * @remarks Each portion is a transaction of its own with its audit entry, also inside a call with an idempotency key. When a portion fails,
 * finished ones stay, and the same call again goes on with what remains. A ticket that fails meanwhile may be tried once more.
 */
@Injectable()
export class PortionedTry {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tickets: TicketTryStore,
    private readonly reader: TicketReader,
    private readonly audit: AuditLog,
    private readonly config: DatabaseConfig,
  ) {}

  async run(filter: TicketFilter, reason: string | undefined, { signal }: TryLimits = {}): Promise<TriedTickets> {
    // The transaction of an idempotency key is idle meanwhile, and the server ends it after its idle limit.
    const endsAt = performance.now() + Math.min(LONGEST_MS, this.config.idleTransactionTimeoutMs / 2);
    let count = 0;
    let after: TicketKey | undefined;
    do {
      const portion = await this.portion(filter, reason, after);
      count += portion.count;
      after = portion.next ?? undefined;
    } while (after !== undefined && signal?.aborted !== true && performance.now() < endsAt);
    return { count, remaining: await this.reader.countWaiting(filter) };
  }

  private portion(filter: TicketFilter, reason: string | undefined, after: TicketKey | undefined): Promise<TryPortion> {
    return this.unitOfWork.runApart(async (tx) => {
      const portion = await this.tickets.portion(tx, filter, after);
      // The first portion speaks for a call that found nothing.
      if (portion.count > 0 || after === undefined) {
        this.audit.record(tx, {
          action: 'tickets.tried_now',
          resourceType: 'outbox',
          resourceId: 'tickets',
          details: { reason, filter, count: portion.count },
        });
      }
      return portion;
    });
  }
}
