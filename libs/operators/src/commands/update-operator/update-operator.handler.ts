import { AuditLog } from '#zakops/audit';
import { AccessChanges, ApiKeyStore, SessionStore } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { LastAdminError } from '../../domain/operator.errors.js';
import type { OperatorState } from '../../domain/operator.js';
import { LoginSourceStore } from '../../persistence/login-source.store.js';
import { OperatorRepository } from '../../persistence/operator.repository.js';
import { SetupTokenStore } from '../../persistence/setup-token.store.js';
import { UpdateOperator } from './update-operator.command.js';

@CommandHandler(UpdateOperator)
export class UpdateOperatorHandler implements ICommandHandler<UpdateOperator> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly operators: OperatorRepository,
    private readonly sessions: SessionStore,
    private readonly keys: ApiKeyStore,
    private readonly tokens: SetupTokenStore,
    private readonly sources: LoginSourceStore,
    private readonly changes: AccessChanges,
    private readonly audit: AuditLog,
  ) {}

  async execute({ operator: which, changes, acceptedVersions }: UpdateOperator): Promise<OperatorState> {
    return this.unitOfWork.run(async (tx) => {
      await this.operators.lockAdministration(tx);
      const operator = await this.operators.load(tx, which);
      operator.requireVersion(acceptedVersions);
      const change = operator.change(changes);
      if (change === null) return operator.state;
      if (operator.leavesAdministration && !(await this.operators.hasOtherAdmin(tx, operator.id)))
        throw new LastAdminError(operator.state.email);
      const saved = await this.operators.save(tx, operator);
      const ended = operator.isDisabled ? await this.endAccess(tx, operator.id) : undefined;
      this.changes.announce(tx, { kind: 'operator', id: operator.id });
      this.audit.record(tx, {
        action: 'operator.updated',
        resourceType: 'operator',
        resourceId: operator.id,
        before: { ...change.before },
        after: { ...change.after },
        details: { ended_sessions: ended?.sessions ?? 0, ...(ended === undefined ? {} : { revoked_api_keys: ended.keys }) },
      });
      return saved;
    });
  }

  /** For good: an operator who is active again later starts with no session, key or known device. */
  private async endAccess(tx: Transaction, operatorId: string): Promise<{ readonly sessions: number; readonly keys: number }> {
    const sessions = await this.sessions.endAll(tx, operatorId, 'operator_disabled');
    const keys = await this.keys.revokeAll(tx, operatorId);
    await this.tokens.endAll(tx, operatorId);
    await this.sources.forget(tx, operatorId);
    return { sessions: sessions.length, keys: keys.length };
  }
}
