import type { OpenedSession } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';

/** What a password change ended, and what goes on. */
export interface PasswordChange {
  /** The session that goes on under another id. */
  readonly opened: OpenedSession;
  readonly endedSessions: number;
  readonly endedApiKeys: number;
  readonly apiKeysLeft: number;
}

/** Sets another password; every other session ends, and this one goes on under another id. */
export class ChangePassword extends Command<PasswordChange> {
  constructor(
    readonly operatorId: string,
    readonly sessionId: string | undefined,
    readonly currentPassword: string,
    readonly newPassword: string,
    readonly endsApiKeys: boolean,
  ) {
    super();
  }
}
