import { AuditLog } from '#zakops/audit';
import { ApiKeyStore, SessionStore } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { NoAccountError } from '../../domain/operator.errors.js';
import { parseNewPassword } from '../../domain/password-rule.js';
import { sessionSource } from '../../login/login-sources.js';
import { PasswordCheck } from '../../login/password-check.js';
import { PasswordHasher } from '../../passwords/password-hasher.js';
import { CredentialStore } from '../../persistence/credential.store.js';
import { OperatorRepository } from '../../persistence/operator.repository.js';
import { SetupTokenStore } from '../../persistence/setup-token.store.js';
import { ChangePassword } from './change-password.command.js';
import type { PasswordChange } from './change-password.command.js';

@CommandHandler(ChangePassword)
export class ChangePasswordHandler implements ICommandHandler<ChangePassword> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly credentials: CredentialStore,
    private readonly passwords: PasswordCheck,
    private readonly hasher: PasswordHasher,
    private readonly operators: OperatorRepository,
    private readonly sessions: SessionStore,
    private readonly keys: ApiKeyStore,
    private readonly tokens: SetupTokenStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ operatorId, sessionId, currentPassword, newPassword, endsApiKeys }: ChangePassword): Promise<PasswordChange> {
    const account = sessionId === undefined ? undefined : await this.credentials.findOwn(operatorId, sessionSource(sessionId));
    if (account === undefined || sessionId === undefined) throw new NoAccountError();
    const password = parseNewPassword(newPassword, account, '/new_password');
    const checked = await this.passwords.require(account, account.email, currentPassword, 'password change');
    const hash = await this.hasher.hash(password);
    return this.unitOfWork.run(async (tx) => {
      await this.credentials.recordLogin(tx, operatorId, checked);
      await this.operators.setPassword(tx, operatorId, hash);
      await this.tokens.endAll(tx, operatorId);
      const revoked = endsApiKeys ? await this.keys.revokeAll(tx, operatorId) : [];
      const ended = await this.sessions.endAll(tx, operatorId, 'password_changed', sessionId);
      const opened = await this.sessions.rotate(tx, sessionId);
      this.audit.record(tx, {
        action: 'password.changed',
        resourceType: 'operator',
        resourceId: operatorId,
        details: {
          ended_sessions: ended.length,
          revoked_api_keys: revoked.length,
          replaced_session: sessionId,
          session: opened.session.id,
        },
      });
      const apiKeysLeft = await this.keys.count(tx, operatorId);
      return { opened, endedSessions: ended.length, endedApiKeys: revoked.length, apiKeysLeft };
    });
  }
}
