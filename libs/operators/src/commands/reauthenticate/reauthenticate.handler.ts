import { AuditLog } from '#zakops/audit';
import { SessionStore } from '#zakops/auth';
import type { OpenedSession } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { NoAccountError } from '../../domain/operator.errors.js';
import { sessionSource } from '../../login/login-sources.js';
import { PasswordCheck } from '../../login/password-check.js';
import { CredentialStore } from '../../persistence/credential.store.js';
import { Reauthenticate } from './reauthenticate.command.js';

@CommandHandler(Reauthenticate)
export class ReauthenticateHandler implements ICommandHandler<Reauthenticate> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly credentials: CredentialStore,
    private readonly passwords: PasswordCheck,
    private readonly sessions: SessionStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ operatorId, sessionId, password }: Reauthenticate): Promise<OpenedSession> {
    const account = sessionId === undefined ? undefined : await this.credentials.findOwn(operatorId, sessionSource(sessionId));
    if (account === undefined || sessionId === undefined) throw new NoAccountError();
    const checked = await this.passwords.require(account, account.email, password, 'reauthentication');
    return this.unitOfWork.run(async (tx) => {
      await this.credentials.recordLogin(tx, operatorId, checked);
      const opened = await this.sessions.rotate(tx, sessionId);
      this.audit.record(tx, {
        action: 'session.reauthenticated',
        resourceType: 'session',
        resourceId: opened.session.id,
        details: { operator_id: operatorId, replaced_session: sessionId },
      });
      return opened;
    });
  }
}
