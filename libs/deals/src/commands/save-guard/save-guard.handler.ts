import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { GuardNotFoundError, GuardPreconditionError } from '../../domain/guard.errors.js';
import { GuardStore } from '../../persistence/guard.store.js';
import { guardToWireNames } from '../../views/guard.js';
import type { GuardView } from '../../views/guard.js';
import { SaveGuard } from './save-guard.command.js';
import type { GuardFields } from './save-guard.command.js';

const NEW: GuardFields = { fromStage: null, toStage: '', rule: 'nda_signed', fields: [], message: '', enabled: true };

@CommandHandler(SaveGuard)
export class SaveGuardHandler implements ICommandHandler<SaveGuard> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly guards: GuardStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ guardId, changes, acceptedVersions }: SaveGuard): Promise<GuardView> {
    return this.unitOfWork.run(async (tx) => {
      const known = guardId === undefined ? undefined : await this.guards.load(tx, guardId);
      if (guardId !== undefined && known === undefined) throw new GuardNotFoundError(guardId);
      if (known !== undefined && acceptedVersions?.has(known.version) === false) throw new GuardPreconditionError(known.id, known.version);
      const guard = await this.guards.save(tx, { id: uuidV7(), ...NEW, ...known, ...changes });
      this.audit.record(tx, {
        id: uuidV7(),
        action: known === undefined ? 'deal_guard.added' : 'deal_guard.changed',
        resourceType: 'deal_guard',
        resourceId: guard.id,
        before: known === undefined ? null : guardToWireNames(known),
        after: guardToWireNames(guard),
      });
      return guard;
    });
  }
}
