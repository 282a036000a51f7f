import { AuditLog } from '#zakops/audit';
import type { Transaction } from '#zakops/database';
import { Outbox } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { Decision, QuarantineItem } from '../domain/quarantine-item.js';

/** Writes what an item recorded: its events to the outbox, and an entry for each to the audit log. */
@Injectable()
export class ItemJournal {
  constructor(
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Writes it in the transaction of the change.
   *
   * @param before - the decision before the change; null for a new item
   * @param note - the person for whom the caller says it acts; kept beside the real actor, never in its place
   */
  write(tx: Transaction, item: QuarantineItem, before: Decision | null, note?: string): void {
    const events = item.pullEvents();
    this.outbox.append(tx, events);
    for (const event of events) {
      this.audit.record(tx, {
        id: event.id,
        action: event.type,
        resourceType: 'quarantine_item',
        resourceId: item.id,
        before: before === null ? null : toAudit(before),
        after: { ...toAudit(item.decision), ...(event.type === 'quarantine.hidden' ? { hidden: true } : {}) },
        details: { version: event.aggregateSeq, ...(note === undefined ? {} : { on_behalf_note: note }) },
      });
    }
  }
}

function toAudit({ status, dealId, reason }: Decision): Readonly<Record<string, unknown>> {
  return { status, deal_id: dealId, reason };
}
