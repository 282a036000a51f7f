import { Module } from '@nestjs/common';
import { AuditBacklogReader } from './chain/audit-backlog.reader.js';

/** Reads how far the chain is behind the audit log. */
@Module({ providers: [AuditBacklogReader], exports: [AuditBacklogReader] })
export class AuditBacklogModule {}
