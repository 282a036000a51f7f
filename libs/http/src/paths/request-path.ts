import type { Request } from 'express';
import { inOneSpelling } from './one-spelling.js';

// path-absolute of RFC 3986; what follows is the query, in which further question marks may stand.
const PATH = /^[^?#]*/;

const respelled = new WeakSet<object>();

/** Puts the target of a request into its one spelling, for logs, audit, traces and answers; the router goes on comparing what was sent. */
export function spellOnce(request: Request): void {
  const [path = ''] = PATH.exec(request.url) ?? [];
  const spelled = inOneSpelling(path);
  if (spelled !== path) respelled.add(request);
  request.originalUrl = spelled + request.url.slice(path.length);
}

/** True when the path was sent in another spelling than {@link requestPath} gives. */
export function wasRespelled(request: Request): boolean {
  return respelled.has(request);
}

/** The path that was asked for, in its one spelling, without its query; Express shortens `request.path` inside a mounted middleware. */
export function requestPath(request: Request): string {
  return PATH.exec(request.originalUrl)?.[0] ?? '';
}

/** The query that was asked for, without its question mark; empty when there is none. */
export function requestQuery(request: Request): string {
  return request.originalUrl.slice(requestPath(request).length + 1);
}
