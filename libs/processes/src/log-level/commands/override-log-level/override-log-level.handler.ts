import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { opsChanged } from '#zakops/figures';
import { currentProvenance } from '#zakops/observability';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ProcessHeartbeat } from '../../../heartbeat/process-heartbeat.js';
import { LogLevelStore } from '../../persistence/log-level-store.js';
import { OverrideLogLevel } from './override-log-level.command.js';

@CommandHandler(OverrideLogLevel)
export class OverrideLogLevelHandler implements ICommandHandler<OverrideLogLevel> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly overrides: LogLevelStore,
    private readonly audit: AuditLog,
    private readonly heartbeat: ProcessHeartbeat,
  ) {}

  async execute({ kind, level, minutes, reason }: OverrideLogLevel): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const { actor } = currentProvenance();
      const setBy = `${actor.type}:${actor.id}`;
      const { until, levelBefore } = await this.overrides.set(tx, { kind, level, minutes, setBy, reason: reason ?? null });
      this.audit.record(tx, {
        action: 'log_level.overridden',
        resourceType: 'log_level',
        resourceId: kind,
        before: levelBefore === null ? null : { level: levelBefore },
        after: { level, until: until.toISOString() },
        details: { reason, minutes },
      });
      opsChanged(tx, 'processes');
    });
    // This process need not wait for its next heartbeat.
    await this.heartbeat.beatNow();
  }
}
