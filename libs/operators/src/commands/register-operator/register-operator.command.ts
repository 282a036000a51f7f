import { Command } from '@nestjs/cqrs';
import type { OperatorState } from '../../domain/operator.js';

/** Makes whoever asks an analyst. Fails with RegistrationClosedError where nobody may register. */
export class RegisterOperator extends Command<OperatorState> {
  constructor(
    readonly email: string,
    readonly name: string,
    readonly password: string,
  ) {
    super();
  }
}
