import type { DeadTicketFilter } from '#zakops/outbox';
import { Command } from '@nestjs/cqrs';
import type { ChangedMany, ChangeLimits } from '../portioned-change.js';

/** Gives up every dead letter that fits. Their events stay in the log. Works in portions, as PortionedChange says. */
export class PurgeDeadLetters extends Command<ChangedMany> {
  constructor(
    readonly filter: DeadTicketFilter,
    readonly reason: string | undefined,
    readonly limits?: ChangeLimits,
  ) {
    super();
  }
}
