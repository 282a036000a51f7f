import { Command } from '@nestjs/cqrs';
import type { OperatorRole } from '../../domain/operator-role.js';

/** A token for setting a password. It is given out here and never again. */
export interface SetupInvitation {
  readonly operatorId: string;
  readonly email: string;
  readonly setupToken: string;
  readonly expiresAt: Date;
}

/** Makes an operator who sets the first password with a one-time token. */
export class InviteOperator extends Command<SetupInvitation> {
  constructor(
    readonly email: string,
    readonly name: string,
    readonly role: OperatorRole,
  ) {
    super();
  }
}
