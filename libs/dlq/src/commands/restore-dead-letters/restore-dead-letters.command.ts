import { Command } from '@nestjs/cqrs';

/** What came out of the archive. */
export interface RestoredDeadLetters {
  /** The ids that are dead letters again. */
  readonly restored: readonly string[];
  /** Ids that are not in the archive, or cannot come back. */
  readonly left: readonly string[];
}

/**
 * Makes archived dead letters dead again, as they were, with their attempts. Those whose event is gone, whose consumer was removed, or
 * whose delivery goes on are left.
 */
export class RestoreDeadLetters extends Command<RestoredDeadLetters> {
  /** @param ids - 1,000 at most */
  constructor(
    readonly ids: readonly string[],
    readonly reason: string | undefined,
  ) {
    super();
  }
}
