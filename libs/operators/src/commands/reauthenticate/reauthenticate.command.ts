import type { OpenedSession } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';

/** Checks the own password again, for calls that require a fresh login, and replaces the session. */
export class Reauthenticate extends Command<OpenedSession> {
  constructor(
    readonly operatorId: string,
    readonly sessionId: string | undefined,
    readonly password: string,
  ) {
    super();
  }
}
