import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { currentProvenance } from '#zakops/observability';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { LogReaders } from '../../log/log-readers.js';
import { HistoryGoneError, ReplayConsumerNotFoundError, ReplayRunsError } from '../../replay/replay.errors.js';
import type { ReplayView } from '../../replay/replay.js';
import { claimOf } from '../../replay/claim-of.js';
import { ReplayAdminStore } from '../replay-admin.store.js';
import { StartReplay } from './start-replay.command.js';

/** Until a worker takes it up. */
const CLAIM_MS = 3_600_000;

@CommandHandler(StartReplay)
export class StartReplayHandler implements ICommandHandler<StartReplay> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly replays: ReplayAdminStore,
    private readonly logReaders: LogReaders,
    private readonly audit: AuditLog,
  ) {}

  async execute({ consumer, afterPosition, untilPosition, rate, reason }: StartReplay): Promise<ReplayView> {
    return this.unitOfWork.run(async (tx) => {
      if (!(await this.replays.lockConsumer(tx, consumer))) throw new ReplayConsumerNotFoundError(consumer);
      const open = await this.replays.openOf(tx, consumer);
      if (open !== undefined) throw new ReplayRunsError(consumer, open);
      const id = uuidV7();
      const kept = await this.logReaders.hold(tx, claimOf(id), afterPosition, CLAIM_MS);
      if (kept > afterPosition) throw new HistoryGoneError(afterPosition, kept);
      const { actor } = currentProvenance();
      const createdBy = `${actor.type}:${actor.id}`;
      const view = await this.replays.add(tx, { id, consumer, afterPosition, untilPosition, rate, reason, createdBy });
      this.audit.record(tx, {
        action: 'replay.started',
        resourceType: 'replay',
        resourceId: id,
        before: null,
        after: { consumer, after_position: afterPosition, until_position: untilPosition, rate },
        details: { reason },
      });
      return view;
    });
  }
}
