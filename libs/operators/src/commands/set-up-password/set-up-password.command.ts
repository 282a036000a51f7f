import { Command } from '@nestjs/cqrs';
import type { OperatorState } from '../../domain/operator.js';

/** Sets the password of whom a setup token was given to, once. */
export class SetUpPassword extends Command<OperatorState> {
  constructor(
    readonly token: string,
    readonly password: string,
  ) {
    super();
  }
}
