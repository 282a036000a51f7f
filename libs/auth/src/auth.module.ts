import { RateLimitModule } from '#zakops/rate-limit';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessModule } from './access.module.js';
import { AuthGuard } from './auth.guard.js';
import { CallLimits } from './call-limits.js';
import { AccessNotices } from './changes/access-notices.js';
import { CsrfCheck } from './csrf/csrf-check.js';
import { ApiKeyStrategy } from './identify/api-key.strategy.js';
import { PassportStrategies } from './identify/passport-strategies.js';
import { PrincipalCheck } from './identify/principal-check.js';
import { PrincipalSource } from './identify/principal-source.js';
import { SessionStrategy } from './identify/session.strategy.js';
import { RoleScopes } from './role-scopes.js';
import { DeviceCookie } from './sessions/device-cookie.js';
import { SessionCookies } from './sessions/session-cookies.js';

const identifying = [RoleScopes, PassportStrategies, SessionStrategy, ApiKeyStrategy, PrincipalSource, PrincipalCheck];
const checking = [CallLimits, CsrfCheck, { provide: APP_GUARD, useClass: AuthGuard }];

/** Puts {@link AuthGuard} before every route of the application. Needs {@link AuthConfig} among the loaded settings. */
@Module({
  imports: [AccessModule, RateLimitModule],
  providers: [SessionCookies, DeviceCookie, AccessNotices, ...identifying, ...checking],
  exports: [AccessModule, SessionCookies, DeviceCookie, PrincipalCheck],
})
export class AuthModule {}
