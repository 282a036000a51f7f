import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { PauseEndError, PauseNotFoundError, PauseOverError } from '../../pauses/pause.errors.js';
import type { Pause } from '../../pauses/pause.js';
import { PauseStore } from '../../pauses/pause.store.js';
import { toAuditState } from '../pause-audit.js';
import { ChangePauseEnd } from './change-pause-end.command.js';

@CommandHandler(ChangePauseEnd)
export class ChangePauseEndHandler implements ICommandHandler<ChangePauseEnd> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly pauses: PauseStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ id, end, reason }: ChangePauseEnd): Promise<Pause> {
    return this.unitOfWork.run(async (tx) => {
      const found = await this.pauses.lock(tx, id);
      if (found === undefined) throw new PauseNotFoundError(id);
      if (!found.isInForce) throw new PauseOverError(found);
      const pause = await this.pauses.changeEnd(tx, id, end);
      if (pause === undefined) throw new PauseEndError();
      this.audit.record(tx, {
        action: 'deliveries.pause_changed',
        resourceType: 'delivery_pause',
        resourceId: id,
        before: toAuditState(found),
        after: toAuditState(pause),
        details: { ...pause.target, reason },
      });
      return pause;
    });
  }
}
