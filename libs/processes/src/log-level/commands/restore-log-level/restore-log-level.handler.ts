import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { opsChanged } from '#zakops/figures';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ProcessHeartbeat } from '../../../heartbeat/process-heartbeat.js';
import { LogLevelStore } from '../../persistence/log-level-store.js';
import { RestoreLogLevel } from './restore-log-level.command.js';

@CommandHandler(RestoreLogLevel)
export class RestoreLogLevelHandler implements ICommandHandler<RestoreLogLevel> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly overrides: LogLevelStore,
    private readonly audit: AuditLog,
    private readonly heartbeat: ProcessHeartbeat,
  ) {}

  async execute({ kind }: RestoreLogLevel): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const removed = await this.overrides.remove(tx, kind);
      for (const { kind: resourceId, level } of removed)
        this.audit.record(tx, { action: 'log_level.restored', resourceType: 'log_level', resourceId, before: { level }, after: null });
      if (removed.length > 0) opsChanged(tx, 'processes');
    });
    // This process need not wait for its next heartbeat.
    await this.heartbeat.beatNow();
  }
}
