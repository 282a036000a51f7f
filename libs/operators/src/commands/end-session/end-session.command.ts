import type { SessionEndReason } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';

/** Ends one session, everywhere within five seconds. Fails with SessionNotFoundError. */
export class EndSession extends Command<void> {
  constructor(
    readonly sessionId: string,
    /** Whose it must be; undefined for anybody's. */
    readonly operatorId: string | undefined,
    readonly reason: Extract<SessionEndReason, 'logout' | 'ended'>,
  ) {
    super();
  }
}
