import { currentCall } from '#zakops/observability';
import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import {
  KeysRefusedError,
  PasswordChangeRequiredError,
  PermissionDeniedError,
  ReauthenticationRequiredError,
  SessionReplacedError,
  UnauthenticatedError,
  UnmarkedRouteError,
} from './auth.errors.js';
import { andThen } from './and-then.js';
import { CallLimits } from './call-limits.js';
import { CsrfCheck, SAFE_METHODS } from './csrf/csrf-check.js';
import type { Identity } from './identify/identity.js';
import { PrincipalSource } from './identify/principal-source.js';
import { FRESH_MS } from './identify/session.strategy.js';
import { routeRules } from './route-access.js';
import type { RouteRules } from './route-access.js';

const MINUTE_MS = 60_000;

/**
 * Closes every route that is not marked otherwise. Identifies the caller, counts the call, refuses forged calls, and checks what the route
 * requires, in this order.
 *
 * @remarks Returns no promise for a caller who is remembered and has calls left.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly principals: PrincipalSource,
    private readonly limits: CallLimits,
    private readonly csrf: CsrfCheck,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rules = routeRules(context.getClass(), context.getHandler());
    const authRateLimited = rules?.authRateLimited === true;
    if (rules?.access.kind === 'public' && !rules.access.identify && !authRateLimited) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    return andThen(this.principals.identify(request), (identity) => {
      if (identity !== undefined) noteCaller(request, identity);
      return andThen(this.limits.count(request, http.getResponse<Response>(), identity, authRateLimited), () => {
        this.check(request, rules, identity);
        return true;
      });
    });
  }

  private check(request: Request, rules: RouteRules | undefined, identity: Identity | undefined): void {
    if (rules?.access.kind === 'public') {
      // Without the token: a login must be possible although the session of the browser has ended.
      this.csrf.checkSource(request);
      return;
    }
    if (identity === undefined) throw new UnauthenticatedError();
    if (identity.isReplaced && !SAFE_METHODS.has(request.method)) throw new SessionReplacedError();
    if (identity.csrfTokens !== undefined) this.csrf.check(request, identity.csrfTokens);
    // The development operator has no token; but no foreign page may act on the developer's machine.
    else if (identity.principal.kind === 'development') this.csrf.checkSource(request);
    if (rules === undefined) throw new UnmarkedRouteError();
    checkAccess(rules, identity, asksForMore(request, rules));
  }
}

function noteCaller(request: Request, { principal, actor }: Identity): void {
  request.principal = principal;
  const call = currentCall();
  if (call !== undefined) call.actor = actor;
}

/** True when the query asks for what needs a further permission; every value but `false` counts, so that no spelling of true slips by. */
function asksForMore(request: Request, { elevated }: RouteRules): boolean {
  if (elevated === undefined) return false;
  const given = request.query[elevated.parameter];
  return given !== undefined && given !== 'false';
}

function checkAccess({ access, fresh, elevated }: RouteRules, identity: Identity, isElevated: boolean): void {
  const { principal, mustChangePassword, freshUntil } = identity;
  if (mustChangePassword && !(access.kind === 'login' && access.beforePasswordChange)) throw new PasswordChangeRequiredError();
  if (access.kind === 'permission') {
    const { permission, orScope } = access;
    const { scopes } = principal;
    if (!scopes.has(permission) && (orScope === undefined || !scopes.has(orScope))) throw new PermissionDeniedError(permission);
  } else if (access.kind === 'login' && !access.keys && principal.kind === 'api_key') {
    throw new KeysRefusedError();
  }
  if (isElevated && elevated !== undefined && !principal.scopes.has(elevated.permission)) {
    throw new PermissionDeniedError(elevated.permission);
  }
  if (!fresh && !isElevated) return;
  if (principal.kind === 'api_key') throw new KeysRefusedError();
  if (performance.now() >= freshUntil) throw new ReauthenticationRequiredError(FRESH_MS / MINUTE_MS);
}
