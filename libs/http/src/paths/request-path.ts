import type { Request } from 'express';
import { notesOf } from '../context/request-notes.js';
import { inOneSpelling } from './one-spelling.js';

// RFC 3986, 3.3: the path ends at the first of these.
const END_OF_PATH = /[?#]/;

/** Puts the target of a request into its one spelling, for logs, audit, traces and answers; the router goes on comparing what was sent. */
export function spellOnce(request: Request): void {
  const { url } = request;
  const path = targetPath(url);
  const spelled = inOneSpelling(path);
  if (spelled !== path) notesOf(request).isRespelled = true;
  request.originalUrl = `${spelled}${url.slice(path.length)}`;
}

/** The path of a target as it was sent, without its query. */
export function targetPath(target: string): string {
  const end = target.search(END_OF_PATH);
  return end === -1 ? target : target.slice(0, end);
}

/** The path that was asked for, in its one spelling, without its query; Express shortens `request.path` inside a mounted middleware. */
export function requestPath(request: Request): string {
  return targetPath(request.originalUrl);
}

/** The query that was asked for, without its question mark; empty when there is none. Further question marks belong to it. */
export function requestQuery(request: Request): string {
  return request.originalUrl.slice(requestPath(request).length + 1);
}
