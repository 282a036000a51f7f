import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { LogReaders } from '../../log/log-readers.js';
import { claimOf } from '../../replay/claim-of.js';
import { ReplayFinishedError, ReplayNotFoundError } from '../../replay/replay.errors.js';
import type { ReplayView } from '../../replay/replay.js';
import { ReplayAdminStore } from '../replay-admin.store.js';
import { CancelReplay } from './cancel-replay.command.js';

@CommandHandler(CancelReplay)
export class CancelReplayHandler implements ICommandHandler<CancelReplay> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly replays: ReplayAdminStore,
    private readonly logReaders: LogReaders,
    private readonly audit: AuditLog,
  ) {}

  async execute({ id, reason }: CancelReplay): Promise<ReplayView> {
    return this.unitOfWork.run(async (tx) => {
      const state = await this.replays.lock(tx, id);
      if (state === undefined) throw new ReplayNotFoundError(id);
      if (state !== 'queued' && state !== 'running') throw new ReplayFinishedError(id, state);
      const view = await this.replays.cancel(tx, id);
      await this.logReaders.release(tx, claimOf(id));
      this.audit.record(tx, {
        action: 'replay.cancelled',
        resourceType: 'replay',
        resourceId: id,
        before: { state },
        after: { state: view.state },
        details: { reason, position: view.position },
      });
      return view;
    });
  }
}
