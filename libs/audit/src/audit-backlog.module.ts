import { Module } from '@nestjs/common';
import { AuditBacklogReader } from './chain/audit-backlog.reader.js';

/** How far the hash chain is behind the audit log. Needs the global DatabaseModule. */
@Module({ providers: [AuditBacklogReader], exports: [AuditBacklogReader] })
export class AuditBacklogModule {}
