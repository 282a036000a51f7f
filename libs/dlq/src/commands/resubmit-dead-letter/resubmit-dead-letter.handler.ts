import { assertEventFits, EventSchemaError, UnknownEventTypeError } from '#zakops/contracts';
import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import type { DomainEvent } from '#zakops/kernel';
import { currentProvenance } from '#zakops/observability';
import { DeadLetterArchiveStore, DeadLetterStore, LOG_CONSUMER, Outbox } from '#zakops/outbox';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { PayloadRefusedError, ResubmitRefusedError } from '../../dead-letter.errors.js';
import { DlqOperationStore } from '../../persistence/dlq-operation.store.js';
import { OriginalEventStore } from '../../persistence/original-event.store.js';
import { MissingDeadLetter } from '../missing-dead-letter.js';
import { ResubmitDeadLetter } from './resubmit-dead-letter.command.js';
import type { ResubmittedDeadLetter } from './resubmit-dead-letter.command.js';

@CommandHandler(ResubmitDeadLetter)
export class ResubmitDeadLetterHandler implements ICommandHandler<ResubmitDeadLetter> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deadLetters: DeadLetterStore,
    private readonly archive: DeadLetterArchiveStore,
    private readonly originals: OriginalEventStore,
    private readonly outbox: Outbox,
    private readonly operations: DlqOperationStore,
    private readonly missing: MissingDeadLetter,
  ) {}

  async execute({ id, data, reason }: ResubmitDeadLetter): Promise<ResubmittedDeadLetter> {
    return this.unitOfWork.run(async (tx) => {
      const found = await this.deadLetters.lockOne(tx, id);
      if (found === undefined) throw await this.missing.explain(tx, id);
      const original = await this.originals.get(tx, found.eventId);
      if (original === undefined) throw new ResubmitRefusedError('The event is not in the log any more.');
      if (found.consumer === LOG_CONSUMER) throw new ResubmitRefusedError('An event that is not published yet has no consumer.');
      requireFits({ ...original, data });
      const json = this.outbox.requireFits(data);
      const { actor } = currentProvenance();
      const correction = { id: uuidV7(), data: json, actor: `${actor.type}:${actor.id}`, reason };
      await this.archive.archiveOriginal(tx, found, correction);
      const changed = await this.deadLetters.retryOne(tx, id);
      if (changed === undefined) throw new Error('A locked dead letter was not there.');
      await this.archive.correct(tx, found, correction);
      const details = { original_event_id: found.eventId, resubmitted_as: correction.id, consumer: found.consumer };
      await this.operations.record(tx, { kind: 'resubmit', reason, filter: { id }, changed: [changed], details });
      return { eventId: correction.id, originalEventId: found.eventId, consumer: found.consumer };
    });
  }
}

/** The schema of the event's type decides; an event of an older version has none in this release. */
function requireFits(event: DomainEvent): void {
  try {
    assertEventFits(event);
  } catch (error) {
    if (error instanceof UnknownEventTypeError) throw new ResubmitRefusedError(`Event type ${event.type} has no schema in this release.`);
    if (!(error instanceof EventSchemaError)) throw error;
    const others = error.fields.filter(({ pointer }) => !pointer.startsWith('/data'));
    if (others.length > 0)
      throw new ResubmitRefusedError(`The event is of an older form: ${others.map(({ detail }) => detail).join('; ')}.`);
    throw new PayloadRefusedError(event.type, error.fields);
  }
}
