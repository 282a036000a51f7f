import { AuditLog } from '#zakops/audit';
import { EVENT_TYPES, isEventPattern, matchesEventPattern } from '#zakops/contracts';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ConsumerNotFoundError } from '../../consumer-admin/consumer.errors.js';
import { AlreadyPausedError, PauseEndError, TooManyPausesError, UnknownPauseTargetError } from '../../pauses/pause.errors.js';
import { MOST_PAUSES } from '../../pauses/pause.js';
import type { Pause } from '../../pauses/pause.js';
import { PauseStore } from '../../pauses/pause.store.js';
import { actorOfCall, toAuditState } from '../pause-audit.js';
import { PauseDeliveries } from './pause-deliveries.command.js';

@CommandHandler(PauseDeliveries)
export class PauseDeliveriesHandler implements ICommandHandler<PauseDeliveries> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly pauses: PauseStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ target, end, reason }: PauseDeliveries): Promise<Pause> {
    if (target.scope === 'event_type' && !fitsSomeType(target.eventType)) throw new UnknownPauseTargetError(target);
    return this.unitOfWork.run(async (tx) => {
      const { count, same } = await this.pauses.lockInForce(tx, target);
      if (same !== undefined) throw new AlreadyPausedError(same);
      if (count >= MOST_PAUSES) throw new TooManyPausesError();
      // A wrong name would pause nothing, and look as if it did.
      if (target.scope === 'consumer' && !(await this.pauses.isConsumer(tx, target.consumer))) {
        throw new ConsumerNotFoundError(target.consumer);
      }
      const pause = await this.pauses.begin(tx, { target, end, reason, pausedBy: actorOfCall() });
      if (pause === undefined) throw new PauseEndError();
      this.audit.record(tx, {
        action: 'deliveries.paused',
        resourceType: 'delivery_pause',
        resourceId: pause.id,
        before: null,
        after: toAuditState(pause),
        details: { ...target, reason },
      });
      return pause;
    });
  }
}

/** Everything has a scope of its own, so that it is one pause and not a ticket for each event. */
function fitsSomeType(pattern: string): boolean {
  return pattern !== '*' && isEventPattern(pattern) && EVENT_TYPES.some((type) => matchesEventPattern(pattern, type));
}
