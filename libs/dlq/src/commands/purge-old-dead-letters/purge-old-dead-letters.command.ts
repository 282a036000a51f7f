import { Command } from '@nestjs/cqrs';

/** Gives up every dead letter that failed longer ago than this; gives how many. Their events stay in the log. */
export class PurgeOldDeadLetters extends Command<number> {
  constructor(
    readonly olderThanDays: number,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
