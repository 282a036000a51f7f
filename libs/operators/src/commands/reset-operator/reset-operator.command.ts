import { Command } from '@nestjs/cqrs';
import type { OperatorReference } from '../../persistence/operator.repository.js';
import type { SetupInvitation } from '../invite-operator/invite-operator.command.js';

/** Removes an operator's password, ends every session, API key and setup token, and issues a new setup token. */
export class ResetOperator extends Command<SetupInvitation> {
  constructor(
    readonly operator: OperatorReference,
    /** True for the command line, whose user has the database anyway. */
    readonly mayBeLastAdmin: boolean,
  ) {
    super();
  }
}
