import type { Request } from 'express';
import { inOneSpelling } from './one-spelling.js';

// RFC 3986, 3.3 and 3.4: the path ends at the first question mark, and further ones may stand in the query.
const TARGET = /^(?<path>[^?#]*)(?:\?(?<query>.*))?/s;

const respelled = new WeakSet<object>();

/** Puts the target of a request into its one spelling, for logs, audit, traces and answers; the router goes on comparing what was sent. */
export function spellOnce(request: Request): void {
  const path = targetPath(request.url);
  const spelled = inOneSpelling(path);
  if (spelled !== path) respelled.add(request);
  const query = TARGET.exec(request.url)?.groups?.['query'];
  request.originalUrl = query === undefined ? spelled : `${spelled}?${query}`;
}

/** The path of a target as it was sent, without its query. */
export function targetPath(target: string): string {
  return TARGET.exec(target)?.groups?.['path'] ?? '';
}

/** True when the path was sent in another spelling than {@link requestPath} gives. */
export function wasRespelled(request: Request): boolean {
  return respelled.has(request);
}

/** The path that was asked for, in its one spelling, without its query; Express shortens `request.path` inside a mounted middleware. */
export function requestPath(request: Request): string {
  return targetPath(request.originalUrl);
}

/** The query that was asked for, without its question mark; empty when there is none. */
export function requestQuery(request: Request): string {
  return TARGET.exec(request.originalUrl)?.groups?.['query'] ?? '';
}
