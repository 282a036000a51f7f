import type { Request } from 'express';

/** A route of a controller. */
export interface RouteTemplate {
  /** For example `/api/deals/:id`. */
  readonly path: string;
  /** In capitals; HEAD with GET. */
  readonly methods: ReadonlySet<string>;
}

/** The part of Express's router that knows the routes. */
interface RouteLayer {
  readonly route?: { readonly path: unknown; readonly methods: Readonly<Record<string, boolean>> };
}

/** The routes of the application, without those that take every path. */
export function routesOf(request: Request): readonly RouteTemplate[] {
  const { router } = request.app as unknown as { router?: { readonly stack?: readonly RouteLayer[] } };
  return (router?.stack ?? []).flatMap(({ route }) => {
    if (typeof route?.path !== 'string' || route.path.includes('*')) return [];
    const methods = Object.entries(route.methods).flatMap(([method, taken]) => (taken ? [method.toUpperCase()] : []));
    return [{ path: route.path, methods: new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods) }];
  });
}
