import type { TraceContext } from '#zakops/kernel';
import { isProbe } from '#zakops/observability';
import { tracing } from '#zakops/tracing';
import type { Span } from '#zakops/tracing';
import type { Request } from 'express';
import type { ServerResponse } from 'node:http';
import { requestPath } from '../paths/request-path.js';
import { notesOf } from './request-notes.js';

/** The span of a caller who names a trace and no span. */
export const NO_SPAN = '0000000000000000';

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY']);

/**
 * Starts the span of a request, which ends with its answer. Only while tracing is on; undefined for probes.
 *
 * @remarks No query, no headers, no address of the client: a collector is not the place for them.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function startRequestSpan(request: Request, response: ServerResponse, parent: TraceContext | undefined): Span | undefined {
  const path = requestPath(request);
  if (isProbe(path)) return undefined;
  const isKnown = KNOWN_METHODS.has(request.method);
  const method = isKnown ? request.method : '_OTHER';
  const namesTraceOnly = parent?.spanId === NO_SPAN;
  const span = tracing.start(method, {
    kind: 'server',
    ...(namesTraceOnly ? { root: true, traceId: parent.traceId } : { root: parent === undefined, parent }),
    attributes: {
      'http.request.method': method,
      ...(isKnown ? {} : { 'http.request.method_original': request.method.slice(0, 20) }),
      'url.path': path,
      'url.scheme': request.protocol,
      'network.protocol.version': request.httpVersion,
    },
  });
  if (span.isRecording) endWithAnswer(span, method, request, response);
  return span;
}

/** Ends the span of a request whose answer goes on for hours: its trace shows how long the answer took to begin. */
export function endRequestSpan(response: ServerResponse): void {
  response.req.notes?.endSpan?.();
}

function endWithAnswer(span: Span, method: string, request: Request, response: ServerResponse): void {
  const end = (): void => {
    const { statusCode, headersSent } = response;
    const route = routeOf(request);
    if (route !== undefined) span.rename(`${method} ${route}`);
    span.set({ 'http.route': route, ...(headersSent ? { 'http.response.status_code': statusCode } : {}) });
    if (!headersSent) span.fail('client_gone');
    else if (statusCode >= 500) span.fail(String(statusCode));
    span.end();
  };
  notesOf(request).endSpan = end;
  response.once('close', end);
}

/** The pattern that matched; undefined when none did. */
function routeOf(request: Request): string | undefined {
  const { path } = (request.route ?? {}) as { readonly path?: unknown };
  return typeof path === 'string' ? path : undefined;
}
