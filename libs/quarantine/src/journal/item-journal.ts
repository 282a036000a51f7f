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
   * @param before - the item before the change; null for a new one
   * @param note - the person for whom the caller says it acts; kept beside the real actor, never in its place
   */
  write(tx: Transaction, item: QuarantineItem, before: ItemGlance | null, note?: string): void {
    const events = item.pullEvents();
    this.outbox.append(tx, events);
    for (const event of events) {
      this.audit.record(tx, {
        id: event.id,
        action: event.type,
        resourceType: 'quarantine_item',
        resourceId: item.id,
        // A note follows the decision of the same call, and changes nothing of it.
        before: before === null ? null : toAudit(event.type === 'quarantine.note_added' ? glanceAt(item) : before),
        after: toAudit(glanceAt(item)),
        details: { version: event.aggregateSeq, ...(note === undefined ? {} : { on_behalf_note: note }) },
      });
    }
  }
}

/** What of an item decides over what the audit log says of a change. */
export interface ItemGlance {
  readonly decision: Decision;
  readonly isHidden: boolean;
}

/** An item as it is at this moment. */
export function glanceAt({ decision, isHidden }: QuarantineItem): ItemGlance {
  return { decision, isHidden };
}

function toAudit({ decision: { status, dealId, reason }, isHidden }: ItemGlance): Readonly<Record<string, unknown>> {
  return { status, deal_id: dealId, reason, hidden: isHidden };
}
