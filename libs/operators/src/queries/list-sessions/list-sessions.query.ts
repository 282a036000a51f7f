import type { Session } from '#zakops/auth';
import { Query } from '@nestjs/cqrs';

/** The valid sessions of an operator, the last used first; empty for an unknown operator. */
export class ListSessions extends Query<readonly Session[]> {
  constructor(readonly operatorId: string) {
    super();
  }
}
