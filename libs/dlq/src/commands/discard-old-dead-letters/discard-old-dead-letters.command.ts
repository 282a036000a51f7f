import { Command } from '@nestjs/cqrs';
import type { ChangedMany, ChangeLimits } from '../portioned-change.js';

/** Discards every dead letter that failed longer ago than so many days, in portions; their events stay in the log. */
export class DiscardOldDeadLetters extends Command<ChangedMany> {
  constructor(
    readonly olderThanDays: number,
    readonly reason: string | undefined,
    readonly limits?: ChangeLimits,
    /** Whether the caller may discard more than 100 at once. */
    readonly mayPurge = true,
  ) {
    super();
  }
}
