import type { SessionEndReason } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';

/** Ends one session, everywhere within five seconds. Fails with SessionNotFoundError. */
export class EndSession extends Command<void> {
  constructor(
    readonly sessionId: string,
    /** The owner that it must have; undefined for any. */
    readonly operatorId: string | undefined,
    readonly reason: Extract<SessionEndReason, 'logout' | 'ended'>,
  ) {
    super();
  }
}
