import { Command } from '@nestjs/cqrs';
import type { ChangedMany, ChangeLimits } from '../portioned-change.js';

/**
 * Gives up every dead letter that failed longer ago than this. Their events stay in the log.
 *
 * @remarks Goes on for 20 s unless `limits` says otherwise, in portions of their own transactions; the same command again goes on with
 * what remains. A portion that fails ends it, and what was done before stays done.
 */
export class PurgeOldDeadLetters extends Command<ChangedMany> {
  constructor(
    readonly olderThanDays: number,
    readonly reason: string | undefined,
    readonly limits?: ChangeLimits,
  ) {
    super();
  }
}
