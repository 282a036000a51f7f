import { AuditLog } from '#zakops/audit';
import { SessionStore } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { SessionNotFoundError } from '../../domain/operator.errors.js';
import { EndSession } from './end-session.command.js';

@CommandHandler(EndSession)
export class EndSessionHandler implements ICommandHandler<EndSession> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sessions: SessionStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ sessionId, operatorId, reason }: EndSession): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      if (!(await this.sessions.end(tx, sessionId, reason, operatorId))) throw new SessionNotFoundError(sessionId);
      this.audit.record(tx, { action: 'session.ended', resourceType: 'session', resourceId: sessionId, details: { reason } });
    });
  }
}
