import { Command } from '@nestjs/cqrs';
import type { ReplayView } from '../../replay/replay.js';

/**
 * Begins a replay of history to one consumer; the active worker carries it out.
 *
 * @remarks The range is that of a preview. Fails with ReplayConsumerNotFoundError, ReplayRunsError, or HistoryGoneError.
 */
export class StartReplay extends Command<ReplayView> {
  constructor(
    readonly consumer: string,
    readonly afterPosition: number,
    /** Null to go on until the replay meets the cursor. */
    readonly untilPosition: number | null,
    /** Events a second. */
    readonly rate: number,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
