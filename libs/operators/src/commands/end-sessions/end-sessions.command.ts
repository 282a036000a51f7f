import { Command } from '@nestjs/cqrs';

/** Ends the sessions of an operator and tells how many there were. Fails with OperatorNotFoundError, or NoAccountError. */
export class EndSessions extends Command<number> {
  constructor(
    readonly operatorId: string,
    /** Whether they are those of whoever asks. */
    readonly whose: 'own' | 'anybody',
    /** One that goes on. */
    readonly keptSessionId: string | undefined,
  ) {
    super();
  }
}
