import type { OpenedSession } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';

/** What a password change ended, and what is left. */
export interface PasswordChange {
  /** The session that replaces the one of the call. */
  readonly opened: OpenedSession;
  readonly endedSessions: number;
  readonly endedApiKeys: number;
  readonly apiKeysLeft: number;
}

/** Changes the own password, ends every other session, and replaces the session of the call. */
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
