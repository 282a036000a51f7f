import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Permission, Scope } from './permissions.js';

/** Who may call a route. */
export type RouteAccess =
  | { readonly kind: 'public'; readonly identify: boolean }
  | { readonly kind: 'permission'; readonly permission: Permission; readonly orScope: Scope | undefined }
  | { readonly kind: 'login'; readonly keys: boolean; readonly beforePasswordChange: boolean };

/** What the marks of a route say. */
export interface RouteRules {
  readonly access: RouteAccess;
  /** The password must be younger than 15 minutes. */
  readonly fresh: boolean;
  /** What a call needs besides, when its query has the parameter, not `false`: this permission, and a fresh password. */
  readonly elevated: ElevatedAccess | undefined;
  /** Each call counts against the auth limit. */
  readonly authRateLimited: boolean;
}

/** A parameter that makes a call need more. */
export interface ElevatedAccess {
  readonly parameter: string;
  readonly permission: Permission;
}

// Names of the schemes in OpenAPI.
const SESSION = 'session';
const API_KEY = 'api_key';

const ROUTE_ACCESS = 'zakops:route-access';
const FRESH_LOGIN = 'zakops:fresh-login';
const ELEVATED = 'zakops:elevated';
const AUTH_RATE_LIMITED = 'zakops:auth-rate-limit';

/**
 * Opens a route, or every route of a controller, to everybody. For probes, the version and the documents.
 *
 * @param options.identify - identifies the caller if possible, and counts the call against the rate limits; never refuses an unknown caller
 */
export function Public({ identify = false }: { readonly identify?: boolean } = {}): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ROUTE_ACCESS, { kind: 'public', identify } satisfies RouteAccess), ApiSecurity({}));
}

/**
 * Opens a route, or every route of a controller, to principals that hold `permission`. A mark on the route wins.
 *
 * @param options.orScope - a scope that suffices instead
 */
export function RequirePermission(
  permission: Permission,
  { orScope }: { readonly orScope?: Scope } = {},
): MethodDecorator & ClassDecorator {
  const documented = orScope === undefined ? [permission] : [permission, orScope];
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, { kind: 'permission', permission, orScope } satisfies RouteAccess),
    ApiSecurity({ [SESSION]: documented, [API_KEY]: documented }),
  );
}

/**
 * Opens a route, or every route of a controller, to every operator with a session, whatever the role.
 *
 * @param options.keys - API keys may call it too
 * @param options.beforePasswordChange - open also to operators who must change their password: for changing it, and for logging out
 */
export function RequireLogin({
  keys = false,
  beforePasswordChange = false,
}: { readonly keys?: boolean; readonly beforePasswordChange?: boolean } = {}): MethodDecorator & ClassDecorator {
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, { kind: 'login', keys, beforePasswordChange } satisfies RouteAccess),
    ApiSecurity(keys ? { [SESSION]: [], [API_KEY]: [] } : { [SESSION]: [] }),
  );
}

/**
 * Requires a password that was given less than 15 minutes ago, and so refuses API keys. Beside {@link RequirePermission} or
 * {@link RequireLogin}.
 */
export function FreshLogin(): MethodDecorator & ClassDecorator {
  return SetMetadata(FRESH_LOGIN, true);
}

/**
 * Requires a further permission and a fresh password of calls whose query has the parameter, unless it is `false`. Beside {@link RequirePermission}.
 */
export function ElevatedBy(parameter: string, permission: Permission): MethodDecorator {
  return SetMetadata(ELEVATED, { parameter, permission } satisfies ElevatedAccess);
}

/**
 * Counts each call of a route against the auth limit (`RATE_LIMIT_AUTH_PER_MINUTE`), exactly and over all processes. For login,
 * registration, setup and passwords; beside the other marks.
 */
export function AuthRateLimit(): MethodDecorator & ClassDecorator {
  return SetMetadata(AUTH_RATE_LIMITED, true);
}

/** The rules of a route; undefined for a route without a mark, which is closed. */
export function routeRules(controller: Type, handler: object): RouteRules | undefined {
  const access = mark<RouteAccess>(ROUTE_ACCESS, controller, handler);
  if (access === undefined) return undefined;
  return {
    access,
    fresh: mark<boolean>(FRESH_LOGIN, controller, handler) === true,
    elevated: mark<ElevatedAccess>(ELEVATED, controller, handler),
    authRateLimited: mark<boolean>(AUTH_RATE_LIMITED, controller, handler) === true,
  };
}

function mark<T>(name: string, controller: Type, handler: object): T | undefined {
  return (Reflect.getMetadata(name, handler) ?? Reflect.getMetadata(name, controller)) as T | undefined;
}
