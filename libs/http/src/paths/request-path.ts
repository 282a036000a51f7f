import type { Request } from 'express';

// path-absolute of RFC 3986; what follows is the query, in which further question marks may stand.
const PATH = /^[^?#]*/;

/** The path that was asked for, in its one spelling, without its query; Express shortens `request.path` inside a mounted middleware. */
export function requestPath(request: Request): string {
  return PATH.exec(request.originalUrl)?.[0] ?? '';
}

/** The query that was asked for, without its question mark; empty when there is none. */
export function requestQuery(request: Request): string {
  return request.originalUrl.slice(requestPath(request).length + 1);
}
