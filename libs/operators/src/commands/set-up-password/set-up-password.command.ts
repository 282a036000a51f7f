import { Command } from '@nestjs/cqrs';
import type { OperatorState } from '../../domain/operator.js';

/** A password that was set. */
export interface PasswordSet {
  readonly operator: OperatorState;
  /** By which the browser is recognised. */
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
