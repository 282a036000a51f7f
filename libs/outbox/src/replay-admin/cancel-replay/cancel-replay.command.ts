import { Command } from '@nestjs/cqrs';
import type { ReplayView } from '../../replay/replay.js';

/** Ends a replay that is not finished; what it has delivered stays. Fails with ReplayNotFoundError or ReplayFinishedError. */
export class CancelReplay extends Command<ReplayView> {
  constructor(
    readonly id: string,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
