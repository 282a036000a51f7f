import { UnitOfWork } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit-log.js';

/** Records each access to the audit log in the audit log. */
@Injectable()
export class AccessRecord {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly log: AuditLog,
  ) {}

  /** Writes an entry. The query fails when this fails. */
  async write(
    action: 'audit.read' | 'audit.verified' | 'audit.exported',
    resourceId: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.unitOfWork.runApart((tx) => {
      this.log.record(tx, { action, resourceType: 'audit_log', resourceId, details });
      return Promise.resolve();
    });
  }
}
