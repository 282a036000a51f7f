import { UnitOfWork } from '#zakops/database';
import { DeadLetterArchiveStore } from '#zakops/outbox';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DlqOperationStore } from '../../persistence/dlq-operation.store.js';
import { RestoreDeadLetters } from './restore-dead-letters.command.js';
import type { RestoredDeadLetters } from './restore-dead-letters.command.js';

@CommandHandler(RestoreDeadLetters)
export class RestoreDeadLettersHandler implements ICommandHandler<RestoreDeadLetters> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly archive: DeadLetterArchiveStore,
    private readonly operations: DlqOperationStore,
  ) {}

  async execute({ ids, reason }: RestoreDeadLetters): Promise<RestoredDeadLetters> {
    const wanted = [...new Set(ids)];
    return this.unitOfWork.run(async (tx) => {
      const changed = await this.archive.restore(tx, wanted);
      const [first] = wanted;
      const filter = wanted.length === 1 && first !== undefined ? { id: first } : { ids: wanted };
      if (changed.length > 0) await this.operations.record(tx, { kind: 'restore', reason, filter, changed });
      const restored = new Set(changed.map(({ id }) => id));
      return { restored: wanted.filter((id) => restored.has(id)), left: wanted.filter((id) => !restored.has(id)) };
    });
  }
}
