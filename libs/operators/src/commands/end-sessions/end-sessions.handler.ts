import { AuditLog } from '#zakops/audit';
import { ApiKeyStore, SessionStore } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { OperatorRepository } from '../../persistence/operator.repository.js';
import { EndSessions } from './end-sessions.command.js';
import type { EndedSessions } from './end-sessions.command.js';

@CommandHandler(EndSessions)
export class EndSessionsHandler implements ICommandHandler<EndSessions> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly operators: OperatorRepository,
    private readonly sessions: SessionStore,
    private readonly keys: ApiKeyStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ operatorId, whose, keptSessionId }: EndSessions): Promise<EndedSessions> {
    return this.unitOfWork.run(async (tx) => {
      // Locks the row, so that a concurrent login comes before or after this.
      await (whose === 'own' ? this.operators.loadOwn(tx, operatorId) : this.operators.load(tx, { id: operatorId }));
      const ended = await this.sessions.endAll(tx, operatorId, 'ended', keptSessionId);
      this.audit.record(tx, {
        action: 'sessions.ended',
        resourceType: 'operator',
        resourceId: operatorId,
        details: { ended_sessions: ended.length, ...(keptSessionId === undefined ? {} : { kept_session: keptSessionId }) },
      });
      return { ended: ended.length, apiKeysLeft: await this.keys.count(tx, operatorId) };
    });
  }
}
