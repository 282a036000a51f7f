import type { Response } from 'express';
import { NEXT_CURSOR_HEADER } from '../paging/next-page.js';
import { PreconditionFailedError } from '../problem/http.errors.js';
import { bodyTag, namesTag, readTags, versionOf } from './entity-tag.js';

/** Kept by the client alone, and asked for again each time. */
const CACHE_CONTROL = 'private, no-cache';

/**
 * Sends a JSON answer. A read gets a tag that covers its whole body, and is judged by its conditions (RFC 9110, 13).
 *
 * @remarks The mark `@TagWithout` makes the tag cover less than the body. Secrets, cookies and answers outside 200 stay without a tag, and with `no-store`.
 * @param body - the JSON as it is sent
 * @throws PreconditionFailedError for a read whose `If-Match` does not hold
 * @see docs/adr/0016-entity-tags.md
 */
export function sendJson(response: Response, body: string): void {
  const { req: request } = response;
  const takesTag = request.notes?.hasSecretAnswer !== true && response.getHeader('Set-Cookie') === undefined;
  if (takesTag && (request.method === 'GET' || request.method === 'HEAD')) {
    if (response.statusCode === 200 && judgeRead(response, body) === 'unchanged') {
      response.status(304).end();
      return;
    }
  } else if (takesTag && response.getHeader('ETag') !== undefined) {
    // A change shows the version that it led to; a tag of its body makes it the tag of a GET that shows the same.
    response.setHeader('ETag', tagOf(response, body));
  }
  if (response.getHeader('Content-Type') === undefined) response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

/** Tags a read, and says whether its caller has it already. */
function judgeRead(response: Response, body: string): 'unchanged' | 'new' {
  // The same page can become one that another page follows.
  const next = response.getHeader(NEXT_CURSOR_HEADER);
  const covers = response.req.notes?.tagCovers;
  const text = covers?.text ?? body;
  const tag = tagOf(response, next === undefined ? text : `${text}\n${String(next)}`);
  const isWeak = covers?.isWeak === true;
  response.setHeader('ETag', isWeak ? `W/${tag}` : tag);
  response.setHeader('Cache-Control', CACHE_CONTROL);
  const { 'if-match': match, 'if-none-match': noneMatch } = response.req.headers;
  if (match !== undefined && !isMatched(match, isWeak ? undefined : tag)) throw new PreconditionFailedError();
  return namesTag(noneMatch, tag) ? 'unchanged' : 'new';
}

function tagOf(response: Response, text: string): string {
  const given = response.getHeader('ETag');
  return bodyTag(text, typeof given === 'string' ? given : undefined);
}

/**
 * As for a change, a version counts in place of the tag that carries it.
 *
 * @param tag - undefined for a weak one, which only `*` matches
 */
function isMatched(match: string, tag: string | undefined): boolean {
  const named = readTags(match) ?? [];
  if (named === '*') return true;
  if (tag === undefined) return false;
  const version = versionOf(tag);
  return named.some(({ isWeak, opaque }) => !isWeak && (version === undefined ? opaque === tag : versionOf(opaque) === version));
}
