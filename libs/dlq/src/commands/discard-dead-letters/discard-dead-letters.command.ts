import type { DeadLetterFilter } from '#zakops/outbox';
import { Command } from '@nestjs/cqrs';
import type { ChangedMany, ChangeLimits } from '../portioned-change.js';

/** Discards every dead letter that fits, in portions; their events stay in the log. */
export class DiscardDeadLetters extends Command<ChangedMany> {
  constructor(
    readonly filter: DeadLetterFilter,
    readonly reason: string | undefined,
    readonly limits?: ChangeLimits,
  ) {
    super();
  }
}
