import type { OpenedSession } from '#zakops/auth';
import { Command } from '@nestjs/cqrs';
import type { OperatorRole } from '../../domain/operator-role.js';

/** The identity of an operator, as a login answers it. */
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
  /** Makes the browser known. */
  readonly device: string;
}

/** Opens a session by e-mail and password. Every failure is the same InvalidCredentialsError. */
export class LogIn extends Command<LoggedIn> {
  constructor(
    readonly email: string,
    readonly password: string,
    /** The session of the browser, which ends. */
    readonly replacedSessionId: string | undefined,
    /** The device of the browser; undefined for an unknown browser. */
    readonly device: string | undefined,
    /** False while strangers have no attempts left: then their right password is refused too. */
    readonly acceptsStrangers: boolean,
  ) {
    super();
  }
}
