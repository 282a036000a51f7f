import { CursorModule } from '#zakops/auth';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AnchorStore } from './anchor/anchor.store.js';
import { AuditChainModule } from './audit-chain.module.js';
import { AuditRetention } from './retention/audit-retention.js';
import { AuditModule } from './audit.module.js';
import { AuditBacklogReader } from './chain/audit-backlog.reader.js';
import { AuditChainHealth } from './chain/audit-chain.health.js';
import { AuditChainMetrics } from './chain/audit-chain.metrics.js';
import { AuditSnapshot } from './chain/audit.snapshot.js';
import { AuditController } from './http/audit.controller.js';
import { AuditEntryLookup } from './lookup/audit-entry.lookup.js';
import { AccessRecord } from './queries/access-record.js';
import { AuditEntryReader } from './queries/audit-entry.reader.js';
import { ExportAuditChainHandler } from './queries/export-audit-chain/export-audit-chain.handler.js';
import { GetAuditEntryHandler } from './queries/get-audit-entry/get-audit-entry.handler.js';
import { ListAuditEntriesHandler } from './queries/list-audit-entries/list-audit-entries.handler.js';
import { VerifyAuditChainHandler } from './queries/verify-audit-chain/verify-audit-chain.handler.js';
import { AuditChainReader } from './verify/audit-chain.reader.js';
import { ChainVerifier } from './verify/chain-verifier.js';

const queryHandlers = [ExportAuditChainHandler, GetAuditEntryHandler, ListAuditEntriesHandler, VerifyAuditChainHandler];
const readers = [AccessRecord, AuditEntryLookup, AnchorStore, AuditChainReader, AuditEntryReader, ChainVerifier];
const monitoring = [AuditBacklogReader, AuditChainHealth, AuditChainMetrics, AuditRetention, AuditSnapshot];

/** The audit log for administrators: list, verify, export. Loaded by the API alone. */
@Module({
  imports: [CqrsModule, CursorModule, AuditModule, AuditChainModule],
  controllers: [AuditController],
  providers: [...monitoring, ...readers, ...queryHandlers],
})
export class AuditHttpModule {}
