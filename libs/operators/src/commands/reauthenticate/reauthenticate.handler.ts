import { AuditLog } from '#zakops/audit';
import { SessionReplacedError, SessionStore, UnauthenticatedError } from '#zakops/auth';
import type { OpenedSession } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { InvalidCredentialsError, NoAccountError } from '../../domain/operator.errors.js';
import { endingBy } from '../../login/ending.js';
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
      if (!(await this.credentials.recordLogin(tx, operatorId, checked))) throw new InvalidCredentialsError();
      const opened = await this.sessions.rotate(tx, sessionId, endingBy('rotated').by);
      // Of two concurrent calls the second finds the session replaced. A session that ended otherwise is no login any more.
      if (opened === undefined)
        throw (await this.sessions.wasReplaced(tx, sessionId)) ? new SessionReplacedError() : new UnauthenticatedError();
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
