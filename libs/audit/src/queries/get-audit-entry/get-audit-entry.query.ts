import { Query } from '@nestjs/cqrs';
import type { AuditEntryView } from '../audit-entry.view.js';

/** One entry. The query is recorded. Fails with AuditEntryNotFoundError. */
export class GetAuditEntry extends Query<AuditEntryView> {
  constructor(readonly id: string) {
    super();
  }
}
