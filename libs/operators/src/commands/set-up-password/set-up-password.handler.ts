import { AuditLog } from '#zakops/audit';
import { ApiKeyStore, SessionSigner, SessionStore } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { InvalidSetupTokenError } from '../../domain/operator.errors.js';
import { parseNewPassword } from '../../domain/password-rule.js';
import { actAs } from '../../login/act-as.js';
import { deviceSource, known, loginSources } from '../../login/login-sources.js';
import { PasswordHasher } from '../../passwords/password-hasher.js';
import { OperatorRepository } from '../../persistence/operator.repository.js';
import { SetupTokenStore } from '../../persistence/setup-token.store.js';
import { LoginSourceStore } from '../../persistence/login-source.store.js';
import { SetUpPassword } from './set-up-password.command.js';
import type { PasswordSet } from './set-up-password.command.js';

@CommandHandler(SetUpPassword)
export class SetUpPasswordHandler implements ICommandHandler<SetUpPassword> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly operators: OperatorRepository,
    private readonly tokens: SetupTokenStore,
    private readonly sessions: SessionStore,
    private readonly keys: ApiKeyStore,
    private readonly sources: LoginSourceStore,
    private readonly signer: SessionSigner,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
  ) {}

  async execute({ token, password }: SetUpPassword): Promise<PasswordSet> {
    const owner = await this.tokens.ownerOf(token);
    if (owner === undefined) throw new InvalidSetupTokenError();
    const hash = await this.hasher.hash(parseNewPassword(password, owner, '/password'));
    return this.unitOfWork.run(async (tx) => {
      // In the transaction of the password, so that of two concurrent calls with this token only one succeeds.
      const operatorId = await this.tokens.redeem(tx, token);
      if (operatorId === undefined) throw new InvalidSetupTokenError();
      const operator = await this.operators.load(tx, { id: operatorId });
      if (operator.state.status === 'disabled') throw new InvalidSetupTokenError();
      const change = operator.setPassword();
      if (change !== null) await this.operators.save(tx, operator);
      await this.operators.setPassword(tx, operatorId, hash);
      actAs(operator.state.email);
      // A reset has ended them already, except one by a process of version 0.3, which leaves the keys.
      const ended = await this.sessions.endAll(tx, operatorId, 'password_changed');
      const revoked = await this.keys.revokeAll(tx, operatorId);
      await this.sources.forget(tx, operatorId);
      const device = this.signer.newToken();
      await this.sources.remember(tx, operatorId, known(deviceSource(device), loginSources(undefined).address), null);
      this.audit.record(tx, {
        action: 'password.set',
        resourceType: 'operator',
        resourceId: operatorId,
        details: { ended_sessions: ended.length, revoked_api_keys: revoked.length },
        ...(change === null ? {} : { before: { ...change.before }, after: { ...change.after } }),
      });
      return { operator: operator.state, device };
    });
  }
}
