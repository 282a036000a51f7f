import { SessionStore } from '#zakops/auth';
import type { Session } from '#zakops/auth';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ListSessions } from './list-sessions.query.js';

@QueryHandler(ListSessions)
export class ListSessionsHandler implements IQueryHandler<ListSessions> {
  constructor(private readonly sessions: SessionStore) {}

  async execute({ operatorId }: ListSessions): Promise<readonly Session[]> {
    return this.sessions.list(operatorId);
  }
}
