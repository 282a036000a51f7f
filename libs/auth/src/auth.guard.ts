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
import { CallLimits } from './call-limits.js';
import { CsrfCheck, SAFE_METHODS } from './csrf/csrf-check.js';
import type { Identity } from './identify/identity.js';
import { PrincipalSource } from './identify/principal-source.js';
import { FRESH_MS } from './identify/session.strategy.js';
import { setPrincipal } from './principal.js';
import { routeRules } from './route-access.js';
import type { RouteRules } from './route-access.js';

const MINUTE_MS = 60_000;

/**
 * Closes every route that is not marked otherwise: finds out who calls, counts the call, refuses forged ones, and checks what the route
 * asks for, in this order.
 *
 * @remarks Nothing is awaited for a caller who was known a moment ago and has calls left: then there is no promise either.
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
    const isProbe = rules?.access.kind === 'public' && !rules.access.identify && !rules.limitedAsAuth;
    if (isProbe) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const identity = this.principals.identify(request);
    if (identity instanceof Promise) return identity.then((found) => this.count(request, response, rules, found));
    return this.count(request, response, rules, identity);
  }

  private count(
    request: Request,
    response: Response,
    rules: RouteRules | undefined,
    identity: Identity | undefined,
  ): boolean | Promise<boolean> {
    if (identity !== undefined) {
      setPrincipal(request, identity.principal);
      const call = currentCall();
      if (call !== undefined) call.actor = identity.actor;
    }
    const counted = this.limits.count(request, response, identity, rules?.limitedAsAuth === true);
    if (counted instanceof Promise) return counted.then(() => this.check(request, rules, identity));
    return this.check(request, rules, identity);
  }

  private check(request: Request, rules: RouteRules | undefined, identity: Identity | undefined): boolean {
    if (rules?.access.kind === 'public') {
      // Not the token: there may be a session that has ended, and a login must be possible all the same.
      this.csrf.checkSource(request);
      return true;
    }
    if (identity === undefined) throw new UnauthenticatedError();
    if (identity.isReplaced && !SAFE_METHODS.has(request.method)) throw new SessionReplacedError();
    if (identity.csrfTokens !== undefined) this.csrf.check(request, identity.csrfTokens);
    // Nobody has to log in, so there is no token; but no page that a developer happens to visit may act on the developer's machine.
    else if (identity.principal.kind === 'development') this.csrf.checkSource(request);
    if (rules === undefined) throw new UnmarkedRouteError();
    checkAccess(rules, identity);
    return true;
  }
}

function checkAccess({ access, fresh }: RouteRules, { principal, mustChangePassword, freshUntil }: Identity): void {
  if (mustChangePassword && !(access.kind === 'login' && access.beforePasswordChange)) throw new PasswordChangeRequiredError();
  if (access.kind === 'permission') {
    const { permission, orScope } = access;
    const { scopes } = principal;
    if (!scopes.has(permission) && (orScope === undefined || !scopes.has(orScope))) throw new PermissionDeniedError(permission);
  } else if (access.kind === 'login' && !access.keys && principal.kind === 'api_key') {
    throw new KeysRefusedError();
  }
  if (!fresh) return;
  if (principal.kind === 'api_key') throw new KeysRefusedError();
  if (performance.now() >= freshUntil) throw new ReauthenticationRequiredError(FRESH_MS / MINUTE_MS);
}
