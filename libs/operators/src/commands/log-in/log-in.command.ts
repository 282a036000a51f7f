import type { OpenedSession } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';
import type { OperatorRole } from '../../domain/operator-role.js';

/** Who an operator is, as a login tells it. */
export interface OperatorIdentity {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: OperatorRole;
}

/** A login that succeeded. */
export interface LoggedIn {
  readonly operator: OperatorIdentity;
  readonly opened: OpenedSession;
  /** By which the browser is recognised the next time. */
  readonly device: string;
}

/** Opens a session for whoever knows the password. Fails with InvalidCredentialsError, whatever is wrong. */
export class LogIn extends Command<LoggedIn> {
  constructor(
    readonly email: string,
    readonly password: string,
    /** The session that the browser brought along; it ends. */
    readonly replacedSessionId: string | undefined,
    /** By which the browser is recognised; undefined for a new one. */
    readonly device: string | undefined,
    /** False while strangers have used up their attempts: even the right password is refused to them then. */
    readonly takesStrangers: boolean,
  ) {
    super();
  }
}
