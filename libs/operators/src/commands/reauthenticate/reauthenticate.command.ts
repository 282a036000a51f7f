import type { OpenedSession } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';

/** Gives the password again, for calls that ask for a fresh login; the session goes on under another id. */
export class Reauthenticate extends Command<OpenedSession> {
  constructor(
    readonly operatorId: string,
    readonly sessionId: string | undefined,
    readonly password: string,
  ) {
    super();
  }
}
