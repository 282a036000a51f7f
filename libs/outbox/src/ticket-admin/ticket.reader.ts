import { Database, UnitOfWork } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { TicketFilter, TicketListFilter } from './ticket-filter.js';
import { countWaiting, IN_INDEX_ORDER, IS_PAUSE, ticketPage } from './ticket-statements.js';
import type { OpenStatus, TicketKey, TicketPage, TicketView } from './ticket.view.js';
import { toWaitsFor } from './waits-for.js';
import type { WaitsForRow } from './waits-for.js';

/** int8 comes as text from the driver. */
interface TicketRow extends WaitsForRow {
  readonly id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly consumer: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly correlation_id: string;
  readonly position: string;
  readonly status: OpenStatus;
  readonly attempts: number;
  readonly replay_count: number;
  readonly due_at: Date | null;
  readonly first_failed_at: Date | null;
  readonly last_attempt_at: Date | null;
  readonly reason_code: string | null;
  readonly last_error: string | null;
  readonly fingerprint: string | null;
}

/** Reads tickets that are still to be delivered. */
@Injectable()
export class TicketReader {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * A page of the list, by the positions of the events.
   *
   * @throws DatabaseUnavailableError when the server cannot be reached
   */
  async list(filter: TicketListFilter, limit: number, after: TicketKey | undefined): Promise<TicketPage> {
    const { text, parameters } = ticketPage(await this.toPause(filter), limit + 1, after);
    const [, rows] = await this.unitOfWork.runReading((tx) =>
      Promise.all([tx.query(IN_INDEX_ORDER), tx.query<TicketRow>(text, [...parameters])]),
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next = rows.length > limit && last !== undefined ? { position: last.position, consumer: last.consumer } : null;
    return { tickets: shown.map(toView), next };
  }

  /** The number of failed tickets that fit and are not due. */
  async countWaiting(filter: TicketFilter): Promise<number> {
    const { text, parameters } = countWaiting(filter);
    const [row] = await this.database.query<{ n: number }>(text, [...parameters]);
    return row?.n ?? 0;
  }

  /** A ticket and a pause are looked for in different ways. */
  private async toPause(filter: TicketListFilter): Promise<Parameters<typeof ticketPage>[0]> {
    const { waitsFor, ...others } = filter;
    if (waitsFor === undefined || (await this.database.query(IS_PAUSE, [waitsFor])).length === 0) return filter;
    return { ...others, pause: waitsFor };
  }
}

function toView(row: TicketRow): TicketView {
  return {
    id: row.id,
    eventId: row.event_id,
    eventType: row.event_type,
    consumer: row.consumer,
    aggregateType: row.aggregate_type,
    aggregateId: row.aggregate_id,
    correlationId: row.correlation_id,
    position: Number(row.position),
    status: row.status,
    attempts: row.attempts,
    redrives: row.replay_count,
    dueAt: row.due_at,
    firstFailedAt: row.first_failed_at,
    lastAttemptAt: row.last_attempt_at,
    reasonCode: row.reason_code,
    lastError: row.last_error,
    fingerprint: row.fingerprint,
    waitsFor: toWaitsFor(row),
  };
}
