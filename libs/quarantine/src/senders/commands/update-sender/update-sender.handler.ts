import { AuditLog } from '#zakops/audit';
import { makeEvent } from '#zakops/contracts';
import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { Outbox } from '#zakops/outbox';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { SenderPreconditionError } from '../../domain/sender.errors.js';
import { SenderStore } from '../../persistence/sender.store.js';
import type { SenderFields, SenderView } from '../../views/sender.js';
import { UpdateSender } from './update-sender.command.js';

const WIRE_NAMES: Readonly<Record<keyof SenderFields, string>> = {
  name: 'name',
  company: 'company',
  role: 'role',
  senderType: 'sender_type',
  qualityRating: 'quality_rating',
  isBroker: 'is_broker',
};

@CommandHandler(UpdateSender)
export class UpdateSenderHandler implements ICommandHandler<UpdateSender> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly senders: SenderStore,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  async execute({ email, changes, acceptedVersions }: UpdateSender): Promise<SenderView> {
    return this.unitOfWork.run(async (tx) => {
      const before = await this.senders.load(tx, email);
      if (acceptedVersions?.has(before.version) === false) throw new SenderPreconditionError(email, before.version);
      const changed = (Object.keys(WIRE_NAMES) as (keyof SenderFields)[]).filter(
        (field) => changes[field] !== undefined && changes[field] !== before[field],
      );
      if (changed.length === 0) return before;
      const after = await this.senders.save(tx, email, { ...before, ...changes });
      const id = uuidV7();
      const fields = changed.map((field) => ({ field: WIRE_NAMES[field], old_value: before[field], new_value: after[field] }));
      this.outbox.append(tx, [makeEvent('sender.updated', id, before.id, after.version, { email, changes: fields })]);
      this.audit.record(tx, {
        id,
        action: 'sender.updated',
        resourceType: 'sender',
        resourceId: email,
        before: Object.fromEntries(fields.map(({ field, old_value }) => [field, old_value])),
        after: Object.fromEntries(fields.map(({ field, new_value }) => [field, new_value])),
        details: { version: after.version },
      });
      return after;
    });
  }
}
