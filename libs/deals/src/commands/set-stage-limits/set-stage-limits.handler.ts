import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { StageLimitsPreconditionError } from '../../domain/guard.errors.js';
import { StageLimitStore } from '../../persistence/stage-limit.store.js';
import type { StageLimits } from '../../views/stage-limits.js';
import { SetStageLimits } from './set-stage-limits.command.js';

@CommandHandler(SetStageLimits)
export class SetStageLimitsHandler implements ICommandHandler<SetStageLimits> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly limits: StageLimitStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ days, acceptedVersions }: SetStageLimits): Promise<StageLimits> {
    return this.unitOfWork.run(async (tx) => {
      const before = await this.limits.load(tx);
      if (acceptedVersions?.has(before.version) === false) throw new StageLimitsPreconditionError(before.version);
      const after = { days: { ...before.days, ...days }, version: before.version + 1 };
      await this.limits.save(tx, after);
      this.audit.record(tx, {
        id: uuidV7(),
        action: 'stage_limits.changed',
        resourceType: 'stage_limits',
        resourceId: 'stage_limits',
        before: before.days,
        after: after.days,
      });
      return after;
    });
  }
}
