import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { TicketStatus } from '../tickets/ticket-status.js';
import { TICKETS_CHANNEL } from '../wake/wake-signal.js';
import type { TicketFilter } from './ticket-filter.js';
import { FIND_ONE, IN_INDEX_ORDER, LOCK_ONE, TRY_ONE, tryPortion } from './ticket-statements.js';
import { TicketDeadError, TicketInHandError, TicketNotFoundError, TicketWaitsError } from './ticket.errors.js';
import type { TicketKey } from './ticket.view.js';
import { toWaitsFor } from './waits-for.js';
import type { WaitsForRow } from './waits-for.js';

/** A ticket that is due now. */
export interface TriedTicket {
  readonly eventId: string;
  readonly eventType: string;
  readonly consumer: string;
  readonly status: 'pending' | 'failed';
  readonly attempts: number;
  /** When it would have been tried. */
  readonly dueBefore: Date | null;
  readonly dueAt: Date | null;
  /** False when it was due before. */
  readonly isChanged: boolean;
}

/** A step of a walk over failed tickets. */
export interface TryPortion {
  readonly count: number;
  /** Where the next portion begins; null at the end. */
  readonly next: TicketKey | null;
}

interface LockedRow extends WaitsForRow {
  readonly event_type: string;
  readonly status: TicketStatus;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly is_due: boolean | null;
  /** Tickets of a removed consumer are removed, too. */
  readonly is_leaving: boolean | null;
}

const WAKE = prepared(`SELECT pg_notify('${TICKETS_CHANNEL}', '')`);

/**
 * Makes failed tickets due before their time.
 *
 * @remarks Only the due time changes: the attempts go on counting, and the relay keeps the order of an aggregate. The cursor of the consumer
 * is left alone, so what a worker has prepared stays good.
 */
@Injectable()
export class TicketTryStore {
  /**
   * Makes one ticket due; one that is due already stays as it is. It waits for no worker.
   *
   * @throws TicketNotFoundError, TicketDeadError, TicketWaitsError, TicketInHandError
   */
  async one(tx: Transaction, id: string): Promise<TriedTicket> {
    const [, [found]] = await Promise.all([
      tx.query(IN_INDEX_ORDER),
      tx.query<{ event_id: string; consumer: string; status: TicketStatus }>(FIND_ONE, [id]),
    ]);
    if (found === undefined) throw new TicketNotFoundError(id);
    const key = [found.event_id, found.consumer];
    const [row] = await tx.query<LockedRow>(LOCK_ONE, key);
    if (row === undefined || row.status === 'processing') throw new TicketInHandError(id);
    if (row.status === 'delivered' || row.is_leaving === true) throw new TicketNotFoundError(id);
    if (row.status === 'dead') throw new TicketDeadError(id);
    const waitsFor = toWaitsFor(row);
    if (waitsFor !== null) throw new TicketWaitsError(id, waitsFor);
    const { event_type: eventType, status, attempts, due_at: dueBefore, is_due: isDue } = row;
    const ticket = { eventId: found.event_id, eventType, consumer: found.consumer, status, attempts, dueBefore };
    if (isDue === true) return { ...ticket, dueAt: dueBefore, isChanged: false };
    const [changed] = await tx.query<{ due_at: Date }>(TRY_ONE, key);
    tx.hintAfterCommit(WAKE, []);
    return { ...ticket, dueAt: changed?.due_at ?? null, isChanged: true };
  }

  /**
   * Makes those due that fit of the next 2,500 failed tickets; give each portion a transaction of its own.
   *
   * @param after - `next` of the portion before; undefined for the first one
   */
  async portion(tx: Transaction, filter: TicketFilter, after: TicketKey | undefined): Promise<TryPortion> {
    const { text, parameters } = tryPortion(filter, after);
    const [, [row]] = await Promise.all([tx.query(IN_INDEX_ORDER), tx.query<TryPortion>(text, [...parameters])]);
    if (row === undefined) throw new Error('A statement that always answers gave no row.');
    if (row.count > 0) tx.hintAfterCommit(WAKE, []);
    return row;
  }
}
