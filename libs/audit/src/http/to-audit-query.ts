import type { AuditFilter } from '../queries/audit-entry.view.js';
import type { KnownAnchor } from '../verify/verification-report.js';
import type { ListAuditEntriesParams } from './dto/audit.requests.js';

/** The filter that a request asks for. */
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

/** An anchor as it is given: `position:hash`. */
export function toKnownAnchor(text: string): KnownAnchor {
  const [position = '', hash = ''] = text.split(':', 2);
  return { position: Number(position), hash };
}
