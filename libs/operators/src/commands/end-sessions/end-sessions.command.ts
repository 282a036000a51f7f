import { Command } from '@nestjs/cqrs';

/** How many sessions ended, and what goes on. */
export interface EndedSessions {
  readonly ended: number;
  /** API keys of the operator: they outlive sessions. */
  readonly apiKeysLeft: number;
}

/** Ends the sessions of an operator. Fails with OperatorNotFoundError, or NoAccountError. */
export class EndSessions extends Command<EndedSessions> {
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
