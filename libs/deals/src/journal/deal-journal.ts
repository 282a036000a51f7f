import { AuditLog } from '#zakops/audit';
import type { Transaction } from '#zakops/database';
import { Outbox } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { Deal } from '../domain/deal.js';
import { toWireNames } from '../domain/deal-details.js';
import { toAuditEntry } from './to-audit-entry.js';

/** Writes what a deal recorded: its events to the outbox, and an entry for each to the audit log. */
@Injectable()
export class DealJournal {
  constructor(
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Makes sure that every field of a new deal can be changed later: that event carries what the field held before.
   *
   * @throws EventTooLargeError when it could not
   */
  requireChangeable(deal: Deal): void {
    const changes = Object.entries(toWireNames(deal.details)).map(([field, value]) => ({ field, old_value: value, new_value: null }));
    this.outbox.requireFits({ deal_id: deal.dealId, changes });
  }

  /**
   * Makes sure that the events of a change that is only tried out could be written.
   *
   * @throws EventTooLargeError when one could not
   */
  requireWritable(deal: Deal): void {
    for (const event of deal.pullEvents()) this.outbox.requireFits(event.data);
  }

  /**
   * Writes it in the transaction of the change.
   *
   * @throws EventTooLargeError when an event could not be written; nothing is written then
   * @param note - the person for whom the caller says it acts; kept beside the real actor, never in its place
   */
  write(tx: Transaction, deal: Deal, note?: string): void {
    const events = deal.pullEvents();
    this.outbox.append(tx, events);
    for (const event of events) this.audit.record(tx, toAuditEntry(deal, event, note));
  }
}
