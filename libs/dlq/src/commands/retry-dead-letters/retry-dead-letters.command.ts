import type { DeadTicketFilter } from '#zakops/outbox';
import { Command } from '@nestjs/cqrs';
import type { ChangedMany, ChangeLimits } from '../portioned-change.js';

/**
 * Delivers every dead letter that fits again, in order within each aggregate.
 *
 * @remarks Goes on for 20 s unless `limits` says otherwise, in portions of their own transactions; the same command again goes on with
 * what remains. A portion that fails ends it, and what was done before stays done.
 */
export class RetryDeadLetters extends Command<ChangedMany> {
  constructor(
    readonly filter: DeadTicketFilter,
    readonly reason: string | undefined,
    readonly limits?: ChangeLimits,
  ) {
    super();
  }
}
