import { formatTraceparent, isCorrelationId, nextSpan, parseTraceparent } from '#zakops/kernel';
import type { TraceContext } from '#zakops/kernel';
import { runInCall } from '#zakops/observability';
import type { CallContext } from '#zakops/observability';
import { tracing } from '#zakops/tracing';
import type { NextFunction, Request, Response } from 'express';
import { HeadersTooLargeError, UnreadableRequestError } from '../problem/http.errors.js';
import { InputError } from '../problem/input-error.js';
import { requestPath } from '../paths/request-path.js';
import { refuseLater } from './request-notes.js';
import { NO_SPAN, startRequestSpan } from './request-span.js';

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const MAX_HEADERS = 100;

/**
 * Runs a request in its call context and echoes the ids, on answers of every kind.
 *
 * @remarks `traceparent` continues a trace; without a valid one `X-Trace-ID` (32 hex digits) names it; without either a new trace
 * begins. `X-Correlation-ID` is passed on as it came, and refused with 400 when it is not a correlation id.
 */
export function callContext(request: Request, response: Response, next: NextFunction): void {
  const path = requestPath(request);
  const correlationId = request.get('x-correlation-id');
  const isValid = correlationId === undefined || isCorrelationId(correlationId);
  const parent = parentOf(request);
  const span = tracing.on ? startRequestSpan(request, response, parent) : undefined;
  const call: CallContext = {
    trace: span?.context ?? nextSpan(parent),
    correlationId: isValid ? correlationId : undefined,
    causationId: undefined,
    actor: undefined,
    origin: { address: request.ip ?? '', userAgent: request.get('user-agent'), method: request.method, path },
  };
  request.call = call;
  response.setHeader('X-Trace-ID', call.trace.traceId);
  response.setHeader('traceparent', formatTraceparent(call.trace));
  if (call.correlationId !== undefined) response.setHeader('X-Correlation-ID', call.correlationId);
  if (request.rawHeaders.length > 2 * MAX_HEADERS)
    refuseLater(request, new HeadersTooLargeError(`There are more than ${String(MAX_HEADERS)} headers.`));
  if (!isValid) refuseLater(request, new InputError([CORRELATION_ID_FAULT]));
  if (!isDecodable(path)) {
    refuseLater(request, new UnreadableRequestError('The path is not readable: a percent sign needs two hex digits.'));
    // The router throws at such a path before anything ran; at this one it lets the log and the headers do their work.
    request.url = '/';
  }
  if (span === undefined) runInCall(call, next);
  else
    tracing.within(span, () => {
      runInCall(call, next);
    });
}

const CORRELATION_ID_FAULT = {
  pointer: 'X-Correlation-ID',
  detail: 'must be 1 to 100 letters, digits, underscores and hyphens',
  code: 'INVALID_FORMAT',
};

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function parentOf(request: Request): TraceContext | undefined {
  const continued = parseTraceparent(request.get('traceparent'));
  if (continued !== undefined) return continued;
  const traceId = request.get('x-trace-id')?.trim().toLowerCase();
  return traceId !== undefined && TRACE_ID.test(traceId) ? { traceId, spanId: NO_SPAN, flags: '00' } : undefined;
}
