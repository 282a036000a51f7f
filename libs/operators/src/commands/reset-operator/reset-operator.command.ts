import { Command } from '@nestjs/cqrs';
import type { OperatorName } from '../../persistence/operator.repository.js';
import type { SetupInvitation } from '../invite-operator/invite-operator.command.js';

/** Takes an operator's password away, ends every session, API key and earlier setup token, and gives out a token for a new password. */
export class ResetOperator extends Command<SetupInvitation> {
  constructor(
    readonly operator: OperatorName,
    /** The command line may reset the last administrator: whoever runs it has the database anyway. */
    readonly mayBeLastAdmin: boolean,
  ) {
    super();
  }
}
