import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { AuditEntryNotFoundError } from '../../audit.errors.js';
import { AccessRecord } from '../access-record.js';
import { AuditEntryReader } from '../audit-entry.reader.js';
import type { AuditEntryView } from '../audit-entry.view.js';
import { GetAuditEntry } from './get-audit-entry.query.js';

@QueryHandler(GetAuditEntry)
export class GetAuditEntryHandler implements IQueryHandler<GetAuditEntry> {
  constructor(
    private readonly reader: AuditEntryReader,
    private readonly access: AccessRecord,
  ) {}

  async execute({ id }: GetAuditEntry): Promise<AuditEntryView> {
    const entry = await this.reader.find(id);
    await this.access.write('audit.read', id, { found: entry !== undefined });
    if (entry === undefined) throw new AuditEntryNotFoundError(id);
    return entry;
  }
}
