import { currentCall } from '#zakops/observability';
import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { AuthConfig } from './auth.config.js';
import { PermissionDeniedError, UnauthenticatedError, UnmarkedRouteError } from './auth.errors.js';
import { ROLE_PERMISSIONS } from './permissions.js';
import { DEVELOPMENT_OPERATOR, setPrincipal } from './principal.js';
import type { Principal } from './principal.js';
import { routeAccess } from './route-access.js';

/** Closes every route that is not marked otherwise, finds out who calls, and checks the permission that the route asks for. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly config: AuthConfig) {}

  canActivate(context: ExecutionContext): boolean {
    const access = routeAccess(context.getClass(), context.getHandler());
    if (access === 'public') return true;
    const principal = this.authenticate();
    setPrincipal(context.switchToHttp().getRequest<object>(), principal);
    const call = currentCall();
    if (call !== undefined) call.actor = { type: 'user', id: principal.email };
    if (access === undefined) throw new UnmarkedRouteError();
    if (!ROLE_PERMISSIONS[principal.role].has(access)) throw new PermissionDeniedError(access);
    return true;
  }

  /** While authentication is required nobody can prove who they are yet: there is no login, so everybody is refused. */
  private authenticate(): Principal {
    if (this.config.required) throw new UnauthenticatedError();
    return DEVELOPMENT_OPERATOR;
  }
}
