import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { AccessRecord } from '../access-record.js';
import { AuditEntryReader } from '../audit-entry.reader.js';
import type { AuditPage } from '../audit-entry.view.js';
import { ListAuditEntries } from './list-audit-entries.query.js';

@QueryHandler(ListAuditEntries)
export class ListAuditEntriesHandler implements IQueryHandler<ListAuditEntries> {
  constructor(
    private readonly reader: AuditEntryReader,
    private readonly access: AccessRecord,
  ) {}

  async execute({ filter, limit, after }: ListAuditEntries): Promise<AuditPage> {
    const page = await this.reader.list(filter, limit, after);
    await this.access.write('audit.read', 'list', { filter, limit, after, entries: page.entries.length });
    return page;
  }
}
