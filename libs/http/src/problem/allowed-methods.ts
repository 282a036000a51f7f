import type { Request } from 'express';
import { requestPath } from '../paths/request-path.js';

/** The part of Express's router that knows which methods a path takes. */
interface RouteLayer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

/** The methods that the path of a request takes, in capitals; empty when no route has the path. */
export function allowedMethods(request: Request): readonly string[] {
  const { router } = request.app as unknown as { router?: { readonly stack?: readonly RouteLayer[] } };
  const path = requestPath(request);
  const methods = new Set<string>();
  for (const layer of router?.stack ?? []) {
    if (layer.route === undefined || takesEverything(layer.route.methods) || !matches(layer, path)) continue;
    for (const [method, taken] of Object.entries(layer.route.methods)) if (taken) methods.add(method.toUpperCase());
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

/** Middleware that Nest mounts as a route takes every method, and says nothing about the path. */
function takesEverything(methods: Readonly<Record<string, boolean>>): boolean {
  return methods['trace'] === true && methods['connect'] === true;
}

function matches(layer: RouteLayer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    // A path that cannot be decoded matches nothing.
    return false;
  }
}
