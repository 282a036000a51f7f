import { Query } from '@nestjs/cqrs';
import type { AuditFilter, AuditPage } from '../audit-entry.view.js';

/** Entries, newest first. The query is recorded. */
export class ListAuditEntries extends Query<AuditPage> {
  /** @param after - the id of the last entry of the page before */
  constructor(
    readonly filter: AuditFilter,
    readonly limit: number,
    readonly after: string | undefined,
  ) {
    super();
  }
}
