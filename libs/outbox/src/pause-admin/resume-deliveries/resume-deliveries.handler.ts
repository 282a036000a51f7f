import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { PauseNotFoundError, PauseOverError } from '../../pauses/pause.errors.js';
import { describeTarget } from '../../pauses/pause.js';
import type { Pause } from '../../pauses/pause.js';
import { PauseStore } from '../../pauses/pause.store.js';
import { actorOfCall, toAuditState } from '../pause-audit.js';
import { ResumeDeliveries } from './resume-deliveries.command.js';

@CommandHandler(ResumeDeliveries)
export class ResumeDeliveriesHandler implements ICommandHandler<ResumeDeliveries> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly pauses: PauseStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ which, reason }: ResumeDeliveries): Promise<Pause> {
    return this.unitOfWork.run(async (tx) => {
      const found = await this.find(tx, which);
      if (!found.isInForce) throw new PauseOverError(found);
      const pause = await this.pauses.resume(tx, found.id, actorOfCall());
      this.audit.record(tx, {
        action: 'deliveries.resumed',
        resourceType: 'delivery_pause',
        resourceId: pause.id,
        before: toAuditState(found),
        after: toAuditState(pause),
        details: { ...pause.target, reason },
      });
      return pause;
    });
  }

  private async find(tx: Transaction, which: ResumeDeliveries['which']): Promise<Pause> {
    const found = 'id' in which ? await this.pauses.lock(tx, which.id) : await this.pauses.lockByTarget(tx, which.target);
    if (found === undefined) throw new PauseNotFoundError('id' in which ? which.id : `of ${describeTarget(which.target)}`);
    return found;
  }
}
