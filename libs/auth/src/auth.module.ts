import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeyStore } from './api-keys/api-key.store.js';
import { AuthGuard } from './auth.guard.js';
import { CallLimits } from './call-limits.js';
import { AccessChanges } from './changes/access-changes.js';
import { AccessNotices } from './changes/access-notices.js';
import { CsrfCheck } from './csrf/csrf-check.js';
import { ApiKeyStrategy } from './identify/api-key.strategy.js';
import { PassportStrategies } from './identify/passport-strategies.js';
import { PrincipalCheck } from './identify/principal-check.js';
import { PrincipalSource } from './identify/principal-source.js';
import { SessionStrategy } from './identify/session.strategy.js';
import { SessionCookies } from './sessions/session-cookies.js';
import { SessionSigner } from './sessions/session-signer.js';
import { SessionStore } from './sessions/session.store.js';

const stores = [SessionSigner, SessionStore, SessionCookies, ApiKeyStore];
const identifying = [PassportStrategies, SessionStrategy, ApiKeyStrategy, PrincipalSource, PrincipalCheck];
const changes = [AccessChanges, AccessNotices];

/**
 * Puts {@link AuthGuard} before every route of the application, and lends what sessions and keys are made of.
 *
 * @remarks Needs the global DatabaseModule and RateLimitModule, and {@link AuthConfig} among the loaded settings.
 */
@Module({
  providers: [...stores, ...identifying, ...changes, CallLimits, CsrfCheck, { provide: APP_GUARD, useClass: AuthGuard }],
  exports: [SessionStore, SessionCookies, ApiKeyStore, PassportStrategies, PrincipalSource, PrincipalCheck, AccessChanges],
})
export class AuthModule {}
