import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { GuardNotFoundError } from '../../domain/guard.errors.js';
import { GuardStore } from '../../persistence/guard.store.js';
import { guardToWireNames } from '../../views/guard.js';
import { RemoveGuard } from './remove-guard.command.js';

@CommandHandler(RemoveGuard)
export class RemoveGuardHandler implements ICommandHandler<RemoveGuard> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly guards: GuardStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ guardId }: RemoveGuard): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const guard = await this.guards.load(tx, guardId);
      if (guard === undefined) throw new GuardNotFoundError(guardId);
      await this.guards.remove(tx, guardId);
      this.audit.record(tx, {
        id: uuidV7(),
        action: 'deal_guard.removed',
        resourceType: 'deal_guard',
        resourceId: guardId,
        before: guardToWireNames(guard),
        after: null,
      });
    });
  }
}
