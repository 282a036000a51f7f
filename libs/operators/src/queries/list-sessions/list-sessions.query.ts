import type { Session } from '#zakops/auth';
import { Query } from '@nestjs/cqrs';

/** The sessions of an operator that count, the last used first. Nobody has none. */
export class ListSessions extends Query<readonly Session[]> {
  constructor(readonly operatorId: string) {
    super();
  }
}
