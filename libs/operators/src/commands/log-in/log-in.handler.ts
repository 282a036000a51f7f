import { AuditLog } from '#zakops/audit';
import { SessionSigner, SessionStore } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { normaliseEmail } from '../../domain/email-address.js';
import { actAs } from '../../login/act-as.js';
import { deviceSource, known, loginSources } from '../../login/login-sources.js';
import { LoginMetrics } from '../../login/login.metrics.js';
import { PasswordCheck } from '../../login/password-check.js';
import { CredentialStore } from '../../persistence/credential.store.js';
import { LoginSourceStore } from '../../persistence/login-source.store.js';
import { LogIn } from './log-in.command.js';
import type { LoggedIn } from './log-in.command.js';

@CommandHandler(LogIn)
export class LogInHandler implements ICommandHandler<LogIn> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly credentials: CredentialStore,
    private readonly passwords: PasswordCheck,
    private readonly sources: LoginSourceStore,
    private readonly sessions: SessionStore,
    private readonly signer: SessionSigner,
    private readonly audit: AuditLog,
    private readonly metrics: LoginMetrics,
  ) {}

  execute(command: LogIn): Promise<LoggedIn> {
    return this.metrics.count(this.logIn(command));
  }

  private async logIn({ email: givenEmail, password, replacedSessionId, device: givenDevice, acceptsStrangers }: LogIn): Promise<LoggedIn> {
    const email = normaliseEmail(givenEmail);
    const from = loginSources(givenDevice);
    const found = await this.credentials.findByEmail(email, known(from.device, from.address));
    const account = found?.source === null && !acceptsStrangers ? { ...found, isLocked: true } : found;
    const checked = await this.passwords.require(account, email, password, 'login');
    const { id, name, role } = checked.account;
    actAs(checked.account.email);
    // A planted device, or that of another operator, does not become known for this one.
    const isKnown = from.device !== undefined && checked.account.source?.equals(from.device) === true;
    const device = isKnown && givenDevice !== undefined ? givenDevice : this.signer.newToken();
    const opened = await this.unitOfWork.run(async (tx) => {
      // Locks the row: a concurrent disabling or password change either ends this session or makes this login fail.
      await this.credentials.recordLogin(tx, id, checked);
      await this.sources.remember(tx, id, known(deviceSource(device), from.address), checked.account.source);
      const session = await (replacedSessionId === undefined
        ? this.sessions.open(tx, id)
        : this.sessions.replace(tx, replacedSessionId, id));
      this.audit.record(tx, {
        action: 'session.opened',
        resourceType: 'session',
        resourceId: session.session.id,
        details: {
          operator_id: id,
          ...(checked.newHash === undefined ? {} : { hash_upgraded: true }),
          ...(replacedSessionId === undefined ? {} : { replaced_session: replacedSessionId }),
        },
      });
      return session;
    });
    return { operator: { id, email: checked.account.email, name, role }, opened, device };
  }
}
