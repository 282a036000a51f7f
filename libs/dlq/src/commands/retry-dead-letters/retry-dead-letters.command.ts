import type { DeadTicketFilter } from '#zakops/outbox';
import { Command } from '@nestjs/cqrs';
import type { ChangedMany, ChangeLimits } from '../portioned-change.js';

/** Delivers every dead letter that fits again, in order within each aggregate. Works in portions, as PortionedChange says. */
export class RetryDeadLetters extends Command<ChangedMany> {
  constructor(
    readonly filter: DeadTicketFilter,
    readonly reason: string | undefined,
    readonly limits?: ChangeLimits,
  ) {
    super();
  }
}
