import { UnitOfWork } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit-log.js';

/** Who reads the audit log leaves an entry in it too. */
@Injectable()
export class AccessNote {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly log: AuditLog,
  ) {}

  /** Writes it down; what was read is answered only when this has worked. */
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
