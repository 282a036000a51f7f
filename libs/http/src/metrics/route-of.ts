import type { IncomingMessage } from 'node:http';

/** Label of everything that no route was found for, or that was refused before one was looked for. */
export const UNMATCHED = 'unmatched';

/** The template of the route that took a request, such as `/api/deals/:dealId`; never the path itself, of which there is no end. */
export function routeOf(request: IncomingMessage): string {
  const path = (request as { readonly route?: { readonly path?: unknown } }).route?.path;
  // The middleware of modules is a route that takes everything, and stays when no other is found.
  return typeof path === 'string' && !path.includes('*') ? path : UNMATCHED;
}
