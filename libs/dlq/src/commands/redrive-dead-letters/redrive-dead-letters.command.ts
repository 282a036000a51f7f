import type { DeadLetterFilter } from '#zakops/outbox';
import { Command } from '@nestjs/cqrs';
import type { ChangedMany, ChangeLimits } from '../portioned-change.js';

/** Makes every dead letter that fits due again, in order within each aggregate, in portions. */
export class RedriveDeadLetters extends Command<ChangedMany> {
  constructor(
    readonly filter: DeadLetterFilter,
    readonly reason: string | undefined,
    readonly limits?: ChangeLimits,
  ) {
    super();
  }
}
