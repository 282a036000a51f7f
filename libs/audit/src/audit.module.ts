import { Module } from '@nestjs/common';
import { AuditLog } from './audit-log.js';

/** The audit log for whoever writes. Needs the global DatabaseModule. */
@Module({ providers: [AuditLog], exports: [AuditLog] })
export class AuditModule {}
