import { AuditLog } from '#zakops/audit';
import { AccessChanges, ApiKeyStore, SessionStore } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { LastAdminError } from '../../domain/operator.errors.js';
import { newSetupToken } from '../../domain/setup-token.js';
import { LoginSourceStore } from '../../persistence/login-source.store.js';
import { OperatorRepository } from '../../persistence/operator.repository.js';
import { SetupTokenStore } from '../../persistence/setup-token.store.js';
import type { SetupInvitation } from '../invite-operator/invite-operator.command.js';
import { ResetOperator } from './reset-operator.command.js';

@CommandHandler(ResetOperator)
export class ResetOperatorHandler implements ICommandHandler<ResetOperator> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly operators: OperatorRepository,
    private readonly tokens: SetupTokenStore,
    private readonly sources: LoginSourceStore,
    private readonly sessions: SessionStore,
    private readonly keys: ApiKeyStore,
    private readonly changes: AccessChanges,
    private readonly audit: AuditLog,
  ) {}

  async execute({ operator: which, mayBeLastAdmin }: ResetOperator): Promise<SetupInvitation> {
    const setupToken = newSetupToken();
    return this.unitOfWork.run(async (tx) => {
      await this.operators.lockAdministration(tx);
      const operator = await this.operators.load(tx, which);
      operator.removePassword();
      if (operator.leavesAdministration && !mayBeLastAdmin && !(await this.operators.hasOtherAdmin(tx, operator.id)))
        throw new LastAdminError(operator.state.email);
      await this.operators.setPassword(tx, operator.id, null);
      const ended = await this.sessions.endAll(tx, operator.id, 'password_changed');
      const revoked = await this.keys.revokeAll(tx, operator.id);
      this.changes.announce(tx, { kind: 'operator', id: operator.id });
      await this.sources.forget(tx, operator.id);
      const expiresAt = await this.tokens.issue(tx, operator.id, setupToken, 'reset');
      this.audit.record(tx, {
        action: 'operator.reset',
        resourceType: 'operator',
        resourceId: operator.id,
        details: { ended_sessions: ended.length, revoked_api_keys: revoked.length, setup_expires_at: expiresAt.toISOString() },
      });
      return { operator: operator.state, setupToken, expiresAt };
    });
  }
}
