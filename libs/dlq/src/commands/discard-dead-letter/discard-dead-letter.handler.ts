import { UnitOfWork } from '#zakops/database';
import { currentProvenance } from '#zakops/observability';
import { DeadLetterStore } from '#zakops/outbox';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DlqOperationStore } from '../../persistence/dlq-operation.store.js';
import { MissingDeadLetter } from '../missing-dead-letter.js';
import { DiscardDeadLetter } from './discard-dead-letter.command.js';

@CommandHandler(DiscardDeadLetter)
export class DiscardDeadLetterHandler implements ICommandHandler<DiscardDeadLetter> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deadLetters: DeadLetterStore,
    private readonly operations: DlqOperationStore,
    private readonly missing: MissingDeadLetter,
  ) {}

  async execute({ id, reason }: DiscardDeadLetter): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const { actor } = currentProvenance();
      const changed = await this.deadLetters.discardOne(tx, id, { actor: `${actor.type}:${actor.id}`, reason });
      if (changed === undefined) throw await this.missing.explain(tx, id);
      await this.operations.record(tx, { kind: 'purge', reason, filter: { id }, changed: [changed] });
    });
  }
}
