import { AuditModule } from '#zakops/audit';
import { AccessModule } from '#zakops/auth';
import { MetricsModule } from '#zakops/metrics';
import { OutboxModule } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ChangePasswordHandler } from './commands/change-password/change-password.handler.js';
import { CreateApiKeyHandler } from './commands/create-api-key/create-api-key.handler.js';
import { CreateFirstAdminHandler } from './commands/create-first-admin/create-first-admin.handler.js';
import { CreateOperatorHandler } from './commands/create-operator/create-operator.handler.js';
import { EndSessionHandler } from './commands/end-session/end-session.handler.js';
import { EndSessionsHandler } from './commands/end-sessions/end-sessions.handler.js';
import { InviteOperatorHandler } from './commands/invite-operator/invite-operator.handler.js';
import { LogInHandler } from './commands/log-in/log-in.handler.js';
import { ReauthenticateHandler } from './commands/reauthenticate/reauthenticate.handler.js';
import { RegisterOperatorHandler } from './commands/register-operator/register-operator.handler.js';
import { ResetOperatorHandler } from './commands/reset-operator/reset-operator.handler.js';
import { RevokeApiKeyHandler } from './commands/revoke-api-key/revoke-api-key.handler.js';
import { RotateApiKeyHandler } from './commands/rotate-api-key/rotate-api-key.handler.js';
import { SetUpPasswordHandler } from './commands/set-up-password/set-up-password.handler.js';
import { UpdateOperatorHandler } from './commands/update-operator/update-operator.handler.js';
import { UnknownNames } from './login/unknown-names.js';
import { LoginFailures } from './login/login-failures.js';
import { LoginMetrics } from './login/login.metrics.js';
import { PasswordCheck } from './login/password-check.js';
import { CurrentPasswordHasher } from './passwords/current-password-hasher.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { CredentialStore } from './persistence/credential.store.js';
import { LoginSourceStore } from './persistence/login-source.store.js';
import { OperatorReader } from './persistence/operator.reader.js';
import { OperatorRepository } from './persistence/operator.repository.js';
import { SetupTokenStore } from './persistence/setup-token.store.js';
import { GetOperatorHandler } from './queries/get-operator/get-operator.handler.js';
import { ListApiKeysHandler } from './queries/list-api-keys/list-api-keys.handler.js';
import { ListOperatorsHandler } from './queries/list-operators/list-operators.handler.js';
import { ListSessionsHandler } from './queries/list-sessions/list-sessions.handler.js';

const operatorCommands = [
  CreateFirstAdminHandler,
  CreateOperatorHandler,
  InviteOperatorHandler,
  RegisterOperatorHandler,
  ResetOperatorHandler,
  SetUpPasswordHandler,
  UpdateOperatorHandler,
];

const accessCommands = [
  ChangePasswordHandler,
  CreateApiKeyHandler,
  EndSessionHandler,
  EndSessionsHandler,
  LogInHandler,
  ReauthenticateHandler,
  RevokeApiKeyHandler,
  RotateApiKeyHandler,
];

const queryHandlers = [GetOperatorHandler, ListApiKeysHandler, ListOperatorsHandler, ListSessionsHandler];

const persistence = [CredentialStore, LoginSourceStore, OperatorReader, OperatorRepository, SetupTokenStore];

const passwords = [
  {
    provide: PasswordHasher,
    inject: [CredentialStore],
    useFactory: (credentials: CredentialStore) => CurrentPasswordHasher.ofRuntime(() => credentials.hashKinds()),
  },
  PasswordCheck,
  LoginFailures,
  UnknownNames,
  LoginMetrics,
];

/** Operators without HTTP: accounts, passwords, sessions and keys. Needs OperatorsConfig among the loaded settings. */
@Module({
  imports: [AccessModule, AuditModule, CqrsModule, MetricsModule, OutboxModule],
  providers: [...operatorCommands, ...accessCommands, ...queryHandlers, ...persistence, ...passwords],
})
export class OperatorsModule {}
