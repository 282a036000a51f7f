import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Permission, Scope } from './permissions.js';

/** Who may call a route. */
export type RouteAccess =
  | { readonly kind: 'public'; readonly identify: boolean }
  | { readonly kind: 'permission'; readonly permission: Permission; readonly orScope: Scope | undefined }
  | { readonly kind: 'login'; readonly keys: boolean; readonly beforePasswordChange: boolean };

/** Everything that the marks of a route say. */
export interface RouteRules {
  readonly access: RouteAccess;
  /** The password must have been given a short time ago. */
  readonly fresh: boolean;
  /** Each call counts as an attempt to prove who one is. */
  readonly limitedAsAuth: boolean;
}

// Names of the schemes in OpenAPI. Several in one requirement are alternatives here; none says that nothing is needed.
const SESSION = 'session';
const API_KEY = 'api_key';

const ROUTE_ACCESS = 'zakops:route-access';
const FRESH_LOGIN = 'zakops:fresh-login';
const LIMITED_AS_AUTH = 'zakops:limited-as-auth';

/**
 * Opens a route, or every route of a controller, to everybody. For probes, the version and the documents.
 *
 * @param options.identify - finds out who calls where that is possible, refuses nobody for it, and counts the call against the rate limits
 */
export function Public({ identify = false }: { readonly identify?: boolean } = {}): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ROUTE_ACCESS, { kind: 'public', identify } satisfies RouteAccess), ApiSecurity({}));
}

/**
 * Opens a route, or every route of a controller, to principals that hold `permission`. A mark on the route wins.
 *
 * @param options.orScope - a scope that is enough as well
 */
export function RequirePermission(
  permission: Permission,
  { orScope }: { readonly orScope?: Scope } = {},
): MethodDecorator & ClassDecorator {
  const documented = orScope === undefined ? [permission] : [permission, orScope];
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, { kind: 'permission', permission, orScope } satisfies RouteAccess),
    ApiSecurity({ [SESSION]: [permission], [API_KEY]: documented }),
  );
}

/**
 * Opens a route, or every route of a controller, to every operator with a session, whatever the role.
 *
 * @param options.keys - API keys may call it too
 * @param options.beforePasswordChange - open also to who must change the password first: for changing it, and for leaving
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
 * Asks for a password that was given less than 15 minutes ago; API keys, which have none, are refused. Beside {@link RequirePermission}
 * or {@link RequireLogin}.
 */
export function FreshLogin(): MethodDecorator & ClassDecorator {
  return SetMetadata(FRESH_LOGIN, true);
}

/**
 * Counts each call of a route, by address, against the limit of attempts to prove who one is (`RATE_LIMIT_AUTH_PER_MINUTE`), exactly and
 * over all processes. For login, registration, set-up and passwords; beside the other marks.
 */
export function LimitedAsAuth(): MethodDecorator & ClassDecorator {
  return SetMetadata(LIMITED_AS_AUTH, true);
}

const known = new WeakMap<object, WeakMap<object, { readonly rules: RouteRules | undefined }>>();

/** The rules of a route; undefined when it has no mark and is therefore closed. */
export function routeRules(controller: Type, handler: object): RouteRules | undefined {
  let ofController = known.get(controller);
  if (ofController === undefined) known.set(controller, (ofController = new WeakMap()));
  let found = ofController.get(handler);
  if (found === undefined) ofController.set(handler, (found = { rules: readRules(controller, handler) }));
  return found.rules;
}

function readRules(controller: Type, handler: object): RouteRules | undefined {
  const access = mark<RouteAccess>(ROUTE_ACCESS, controller, handler);
  if (access === undefined) return undefined;
  return {
    access,
    fresh: mark<boolean>(FRESH_LOGIN, controller, handler) === true,
    limitedAsAuth: mark<boolean>(LIMITED_AS_AUTH, controller, handler) === true,
  };
}

function mark<T>(name: string, controller: Type, handler: object): T | undefined {
  return (Reflect.getMetadata(name, handler) ?? Reflect.getMetadata(name, controller)) as T | undefined;
}
