import { Command } from '@nestjs/cqrs';
import type { OperatorState } from '../../domain/operator.js';

/** Makes the caller an analyst. Fails with RegistrationClosedError unless `ALLOW_REGISTRATION` is true. */
export class RegisterOperator extends Command<OperatorState> {
  constructor(
    readonly email: string,
    readonly name: string,
    readonly password: string,
  ) {
    super();
  }
}
