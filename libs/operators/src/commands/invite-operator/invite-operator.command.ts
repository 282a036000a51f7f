import { Command } from '@nestjs/cqrs';
import type { OperatorState } from '../../domain/operator.js';
import type { OperatorRole } from '../../domain/operator-role.js';

/** A setup token, which is shown only here, and the operator whose password it sets. */
export interface SetupInvitation {
  readonly operator: OperatorState;
  readonly setupToken: string;
  readonly expiresAt: Date;
}

/** Creates an operator who sets the first password with a setup token. Fails with DuplicateEmailError. */
export class InviteOperator extends Command<SetupInvitation> {
  constructor(
    readonly email: string,
    readonly name: string,
    readonly role: OperatorRole,
  ) {
    super();
  }
}
