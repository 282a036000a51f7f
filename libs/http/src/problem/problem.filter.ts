import type { DomainError } from '#zakops/kernel';
import { newCall } from '#zakops/observability';
import { Catch, Logger, NotFoundException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DEPRECATION_LINK } from '../deprecation/announce-deprecations.js';
import { PROBLEM_MEDIA_TYPE } from '../openapi/problem-responses.js';
import { MethodNotAllowedError, RouteNotFoundError } from './http.errors.js';
import { bearerChallenge } from './bearer-challenge.js';
import { endAnswer } from './end-answer.js';
import { problemBody } from './problem-body.js';
import { statusOfError } from './problem-status.js';
import { allowedMethods } from './allowed-methods.js';
import { properPath } from '../paths/proper-path.js';
import { requestPath, requestQuery } from '../paths/request-path.js';
import { toDomainError } from './to-domain-error.js';

const DEFAULT_RETRY_AFTER_SECONDS = 5;

/** Answers every error as problem details (RFC 9457), and logs it once: 5xx as an error with its cause, 4xx at debug. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const isUnknown = isUnknownRoute(thrown, request);
    if (isUnknown && sendToProperPath(request, response)) return;
    const error = isUnknown ? unknownRoute(request) : toDomainError(thrown);
    this.log(error, thrown);
    if (response.headersSent) {
      // A half-written answer (an event stream) cannot become a problem; the client sees the connection break, and resumes.
      response.destroy();
      return;
    }
    this.write(error, request, response);
  }

  private write(error: DomainError, request: Request, response: Response): void {
    const status = statusOfError(error);
    const { traceId } = (request.call ?? newCall()).trace;
    // The translation looks at it.
    response.statusCode = status;
    const problem = problemBody(error, { path: requestPath(request), traceId, at: new Date() });
    const translated = request.notes?.translation?.writeAnswer(response, problem) ?? problem;
    const body = Buffer.from(JSON.stringify(translated, writeBigInts));
    for (const header of ['Link', 'X-Next-Cursor', 'ETag', 'Location', 'Idempotency-Replayed', 'Content-Encoding', 'Content-Disposition'])
      response.removeHeader(header);
    if (response.hasHeader('Deprecation')) response.setHeader('Link', DEPRECATION_LINK);
    response.setHeader('Content-Type', PROBLEM_MEDIA_TYPE);
    response.setHeader('Content-Length', body.length);
    response.setHeader('Cache-Control', 'no-store');
    if (status === 401) response.setHeader('WWW-Authenticate', bearerChallenge(error, request.headers.authorization));
    if (error instanceof MethodNotAllowedError) response.setHeader('Allow', error.allowed.join(', '));
    const retryAfter = error.retryAfterSeconds ?? (status === 429 || status === 503 ? DEFAULT_RETRY_AFTER_SECONDS : undefined);
    if (error.location !== undefined) response.setHeader('Location', error.location);
    if (retryAfter !== undefined) response.setHeader('Retry-After', String(Math.ceil(retryAfter)));
    endAnswer(request, response, body);
  }

  private log(error: DomainError, thrown: unknown): void {
    if (statusOfError(error) >= 500) this.#logger.error({ code: error.code, err: error.cause ?? thrown }, error.detail);
    else this.#logger.debug({ code: error.code, fields: error.fields }, error.detail);
  }
}

/** Nest throws this for a path without a route; a handler that found nothing throws a DomainError of its own. */
function isUnknownRoute(thrown: unknown, request: Request): boolean {
  return thrown instanceof NotFoundException && thrown.message === `Cannot ${request.method} ${request.originalUrl}`;
}

/** 308 keeps method and body, so that a client with a wrongly spelled path gets what it meant. */
function sendToProperPath(request: Request, response: Response): boolean {
  const path = properPath(request);
  if (path === undefined) return false;
  const query = requestQuery(request);
  response.statusCode = 308;
  response.setHeader('Location', query === '' ? path : `${path}?${query}`);
  response.setHeader('Content-Length', 0);
  endAnswer(request, response, Buffer.alloc(0));
  return true;
}

function unknownRoute(request: Request): DomainError {
  const path = requestPath(request);
  const allowed = allowedMethods(request);
  if (allowed.length > 0) return new MethodNotAllowedError(request.method, path, allowed);
  return request.notes?.translation?.missingRoute(request) ?? new RouteNotFoundError(request.method, path);
}

function writeBigInts(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
