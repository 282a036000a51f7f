import type { Request } from 'express';
import { notesOf } from '../context/request-notes.js';
import { inOneSpelling } from './one-spelling.js';

// RFC 3986, 3.3 and 3.4: the path ends at the first question mark, and further ones may stand in the query.
const TARGET = /^(?<path>[^?#]*)(?:\?(?<query>.*))?/s;

/** Puts the target of a request into its one spelling, for logs, audit, traces and answers; the router goes on comparing what was sent. */
export function spellOnce(request: Request): void {
  const { path = '', query } = TARGET.exec(request.url)?.groups ?? {};
  const spelled = inOneSpelling(path);
  if (spelled !== path) notesOf(request).isRespelled = true;
  request.originalUrl = query === undefined ? spelled : `${spelled}?${query}`;
}

/** The path of a target as it was sent, without its query. */
export function targetPath(target: string): string {
  return TARGET.exec(target)?.groups?.['path'] ?? '';
}

/** The path that was asked for, in its one spelling, without its query; Express shortens `request.path` inside a mounted middleware. */
export function requestPath(request: Request): string {
  return targetPath(request.originalUrl);
}

/** The query that was asked for, without its question mark; empty when there is none. */
export function requestQuery(request: Request): string {
  return TARGET.exec(request.originalUrl)?.groups?.['query'] ?? '';
}
