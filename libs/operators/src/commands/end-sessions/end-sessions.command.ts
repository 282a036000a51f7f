import { Command } from '@nestjs/cqrs';

/** How many sessions ended, and how many API keys are left. */
export interface EndedSessions {
  readonly ended: number;
  readonly apiKeysLeft: number;
}

/** Ends the sessions of an operator. Fails with OperatorNotFoundError, or NoAccountError. */
export class EndSessions extends Command<EndedSessions> {
  constructor(
    readonly operatorId: string,
    /** `own` when the operator is the caller. */
    readonly whose: 'own' | 'any',
    /** A session to keep. */
    readonly keptSessionId: string | undefined,
  ) {
    super();
  }
}
