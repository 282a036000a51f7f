import type { AuditFilter } from '../queries/audit-entry.view.js';
import type { KnownAnchor } from '../verify/verification-report.js';
import type { ListAuditEntriesParams } from './dto/audit.params.js';

/** The filter of a request. */
export function toFilter(params: ListAuditEntriesParams): AuditFilter {
  return {
    actor: params.actor,
    action: params.action,
    resourceType: params.resource_type,
    resourceId: params.resource_id,
    since: params.since,
    until: params.until,
  };
}

/** Reads an anchor in the form `position:hash`. */
export function toKnownAnchor(text: string): KnownAnchor {
  const [position = '', hash = ''] = text.split(':', 2);
  return { position: Number(position), hash };
}
