import { Command } from '@nestjs/cqrs';
import type { OperatorState } from '../../domain/operator.js';

/** The result of setting a password. */
export interface PasswordSet {
  readonly operator: OperatorState;
  /** Makes the browser known. */
  readonly device: string;
}

/** Sets a password with a single-use setup token; every session and API key of the operator ends. */
export class SetUpPassword extends Command<PasswordSet> {
  constructor(
    readonly token: string,
    readonly password: string,
  ) {
    super();
  }
}
