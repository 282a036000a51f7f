import { Command } from '@nestjs/cqrs';
import type { OperatorState } from '../../domain/operator.js';
import type { OperatorRole } from '../../domain/operator-role.js';

/** Creates an operator with a password. Fails with DuplicateEmailError. */
export class CreateOperator extends Command<OperatorState> {
  constructor(
    readonly email: string,
    readonly name: string,
    readonly role: OperatorRole,
    readonly password: string,
    /** For the audit entry. */
    readonly source: 'registration' | 'command line',
    /** True for a password that somebody else chose: the operator must change it first. */
    readonly mustChangePassword = false,
  ) {
    super();
  }
}
