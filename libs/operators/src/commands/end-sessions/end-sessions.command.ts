import { Command } from '@nestjs/cqrs';

/** Ends the sessions of an operator and tells how many there were. Fails with OperatorNotFoundError. */
export class EndSessions extends Command<number> {
  constructor(
    readonly operatorId: string,
    /** One that goes on. */
    readonly keptSessionId: string | undefined,
  ) {
    super();
  }
}
