import { Command } from '@nestjs/cqrs';
import type { OperatorState } from '../../domain/operator.js';
import type { OperatorRole } from '../../domain/operator-role.js';

/** Makes an operator who has a password from the start: by registration, or from the command line. */
export class CreateOperator extends Command<OperatorState> {
  constructor(
    readonly email: string,
    readonly name: string,
    readonly role: OperatorRole,
    readonly password: string,
    /** How it came about, for the audit log. */
    readonly source: 'registration' | 'command line',
    /** True for a password that somebody else chose: nothing is open until the operator has changed it. */
    readonly mustChangePassword = false,
  ) {
    super();
  }
}
