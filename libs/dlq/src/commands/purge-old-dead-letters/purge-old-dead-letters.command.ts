import { Command } from '@nestjs/cqrs';
import type { ChangedMany, ChangeLimits } from '../portioned-change.js';

/** Gives up every dead letter that failed longer ago than this. Their events stay in the log. Works in portions, as PortionedChange says. */
export class PurgeOldDeadLetters extends Command<ChangedMany> {
  constructor(
    readonly olderThanDays: number,
    readonly reason: string | undefined,
    readonly limits?: ChangeLimits,
  ) {
    super();
  }
}
