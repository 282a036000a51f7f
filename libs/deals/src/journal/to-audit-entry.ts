import type { AuditEntry } from '#zakops/audit';
import { toWireNames } from '../domain/deal-details.js';
import type { Deal } from '../domain/deal.js';
import type { DealEvent } from '../domain/stored-deal.js';

/** What the audit log keeps of an event of a deal: the changed fields before and after. */
export function toAuditEntry(deal: Deal, event: DealEvent, note: string | undefined): AuditEntry {
  return {
    id: event.id,
    action: event.type,
    resourceType: 'deal',
    resourceId: deal.dealId,
    ...beforeAndAfter(deal, event),
    details: { version: event.aggregateSeq, ...(note === undefined ? {} : { on_behalf_note: note }) },
  };
}

function beforeAndAfter(deal: Deal, event: DealEvent): Pick<AuditEntry, 'before' | 'after'> {
  switch (event.type) {
    case 'deal.created':
      return { before: null, after: { stage: deal.stage, ...toWireNames(deal.details) } };
    case 'deal.updated':
      return {
        before: Object.fromEntries(event.data.changes.map(({ field, old_value }) => [field, old_value])),
        after: Object.fromEntries(event.data.changes.map(({ field, new_value }) => [field, new_value])),
      };
    case 'deal.stage_changed':
      return { before: { stage: event.data.from_stage }, after: { stage: event.data.to_stage, reason: event.data.reason } };
    case 'deal.note_added':
      return { before: null, after: withoutDeal(event.data) };
    case 'deal.note_removed':
      return { before: withoutDeal(event.data), after: null };
    case 'deal.note_changed': {
      const { previous, ...after } = event.data;
      return { before: { note_id: after.note_id, author: after.author, ...previous }, after: withoutDeal(after) };
    }
    case 'deal.contact_added':
      return { before: null, after: withoutDeal(event.data) };
    case 'deal.contact_removed':
      return { before: withoutDeal(event.data), after: null };
    case 'deal.contact_changed': {
      const { contact_id, contact, previous } = event.data;
      return { before: { contact_id, contact: previous }, after: { contact_id, contact } };
    }
    case 'deal.alias_added':
      return { before: null, after: event.data };
    case 'deal.alias_removed':
      return { before: event.data, after: null };
    case 'deal.archived':
      return { before: { status: event.data.previous_status }, after: { status: 'archived', reason: event.data.reason } };
    case 'deal.restored':
      return { before: { status: 'archived' }, after: { status: event.data.status } };
    case 'deal.deleted':
      return { before: { deleted: false }, after: { deleted: true, reason: event.data.reason } };
    case 'deal.undeleted':
      return { before: { deleted: true }, after: { deleted: false } };
    case 'deal.merged':
      return { before: null, after: { status: 'merged', merged_into: event.data.merged_into, reason: event.data.reason } };
    case 'deal.stale':
      return { before: null, after: event.data };
    case 'deal.snoozed':
      return {
        before: { snoozed_until: event.data.previous_until },
        after: { snoozed_until: event.data.until, reason: event.data.reason },
      };
    case 'deal.unsnoozed':
      return { before: { snoozed_until: event.data.until }, after: { snoozed_until: null } };
    case 'deal.absorbed':
    case 'deal.mail_linked':
      return { before: null, after: event.data };
    case 'deal.mail_unlinked':
      return { before: event.data, after: null };
  }
}

/** The entry names the deal already. */
function withoutDeal(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'deal_id'));
}
