import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AnchorStore } from './anchor/anchor.store.js';
import { AnchorTargets } from './anchor/anchor-targets.js';
import { AuditAnchorer } from './anchor/audit-anchorer.js';
import { AuditChainModule } from './audit-chain.module.js';
import { AuditRetention } from './retention/audit-retention.js';
import { AuditSchedule } from './audit-schedule.js';

/** The worker's part of the audit log: chains entries and sends anchors. */
@Module({
  imports: [AuditChainModule, ScheduleModule.forRoot()],
  providers: [AnchorStore, AnchorTargets, AuditAnchorer, AuditRetention, AuditSchedule],
})
export class AuditWorkerModule {}
