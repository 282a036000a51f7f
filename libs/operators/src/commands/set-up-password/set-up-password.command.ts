import { Command } from '@nestjs/cqrs';
import type { OperatorState } from '../../domain/operator.js';

/** Sets a password with a single-use setup token; every session and API key of the operator ends. */
export class SetUpPassword extends Command<OperatorState> {
  constructor(
    readonly token: string,
    readonly password: string,
  ) {
    super();
  }
}
