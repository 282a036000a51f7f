import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { NEXT_CURSOR_HEADER } from '../paging/next-page.js';
import { allowedMethods } from '../problem/allowed-methods.js';
import { PreconditionFailedError } from '../problem/http.errors.js';
import { isSecretAnswer } from '../secret-answer.js';
import { bodyTag, namesTag, readTags, versionOf } from './entity-tag.js';
import { takesConditions } from './if-match.decorator.js';

/** Kept by the client alone, and asked for again each time. */
const CACHE_CONTROL = 'private, no-cache';

/**
 * Gives every JSON answer to GET and HEAD a tag that covers its whole body, and judges the conditions of requests (RFC 9110, 13).
 *
 * @remarks It must be the outermost interceptor: a tag covers the bytes that are sent, those of a repeated answer too. It writes the JSON
 * itself for that, as Express would. Secrets, cookies, streams and answers outside 2xx stay without a tag, and with `no-store`.
 * @see docs/adr/0016-entity-tags.md
 */
@Injectable()
export class ConditionalInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead && !takesConditions(context.getHandler())) refuseConditions(request);
    if (isSecretAnswer(context.getClass(), context.getHandler())) return next.handle();
    return next.handle().pipe(
      map((value: unknown) => {
        if (!becomesJson(value, response)) return value;
        return isRead ? read(request, response, value) : changed(response, value);
      }),
    );
  }
}

/**
 * Refuses conditions of a change that nobody could judge: what it changes has no version.
 *
 * @throws PreconditionFailedError
 */
function refuseConditions(request: Request): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  const isFulfilled = match === undefined || readTags(match) === '*';
  // What can be read at this path exists.
  const exists = noneMatch !== undefined && allowedMethods(request).includes('GET');
  if (!isFulfilled || exists) throw new PreconditionFailedError();
}

function becomesJson(value: unknown, response: Response): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !response.headersSent &&
    response.getHeader('Content-Type') === undefined &&
    response.getHeader('Set-Cookie') === undefined
  );
}

function read(request: Request, response: Response, value: object): unknown {
  if (response.statusCode !== 200) return value;
  const body = JSON.stringify(value);
  // The same page can become one that another page follows.
  const next = response.getHeader(NEXT_CURSOR_HEADER);
  const tag = tagOf(response, next === undefined ? body : `${body}\n${String(next)}`);
  response.setHeader('ETag', tag);
  response.setHeader('Cache-Control', CACHE_CONTROL);
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  if (match !== undefined && !isMatched(match, tag)) throw new PreconditionFailedError();
  if (!namesTag(noneMatch, tag)) return asJson(response, body);
  response.status(304);
  return undefined;
}

/** A change shows the version that it led to; a tag of its body makes it the tag of a GET that shows the same. */
function changed(response: Response, value: object): unknown {
  if (response.getHeader('ETag') === undefined) return value;
  const body = JSON.stringify(value);
  response.setHeader('ETag', tagOf(response, body));
  return asJson(response, body);
}

function tagOf(response: Response, text: string): string {
  const given = response.getHeader('ETag');
  return bodyTag(text, typeof given === 'string' ? given : undefined);
}

/** As for a change, a version counts in place of the tag that carries it. */
function isMatched(match: string, tag: string): boolean {
  const named = readTags(match) ?? [];
  const version = versionOf(tag);
  return (
    named === '*' || named.some(({ isWeak, opaque }) => !isWeak && (version === undefined ? opaque === tag : versionOf(opaque) === version))
  );
}

function asJson(response: Response, body: string): string {
  response.type('json');
  return body;
}
