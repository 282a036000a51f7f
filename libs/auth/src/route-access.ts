import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Permission } from './permissions.js';

/** Who may call a route: everybody, or holders of one permission. */
export type RouteAccess = 'public' | Permission;

// The name of the scheme in OpenAPI; an empty requirement says that nothing is needed.
const SESSION = 'session';

const ROUTE_ACCESS = 'zakops:route-access';

/** Opens a route, or every route of a controller, to everybody. For probes, the version and the documents. */
export function Public(): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ROUTE_ACCESS, 'public' satisfies RouteAccess), ApiSecurity({}));
}

/** Opens a route, or every route of a controller, to principals whose role holds `permission`. A mark on the route wins. */
export function RequirePermission(permission: Permission): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ROUTE_ACCESS, permission satisfies RouteAccess), ApiSecurity(SESSION, [permission]));
}

/** The mark of a route; undefined when it has none and is therefore closed. */
export function routeAccess(controller: Type, handler: object): RouteAccess | undefined {
  return (Reflect.getMetadata(ROUTE_ACCESS, handler) ?? Reflect.getMetadata(ROUTE_ACCESS, controller)) as RouteAccess | undefined;
}
