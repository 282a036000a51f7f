import type { OpenedSession } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';

/** Sets another password; every other session ends, and this one goes on under another id. */
export class ChangePassword extends Command<OpenedSession> {
  constructor(
    readonly operatorId: string,
    readonly sessionId: string | undefined,
    readonly currentPassword: string,
    readonly newPassword: string,
  ) {
    super();
  }
}
