import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { CallContext } from './call-context.js';

// Probes come every few seconds from every balancer; their lines would drown the others, and their times those of clients.
const PROBES = ['', '/live', '/ready', '/startup', '/detailed'];
const PROBE_PATHS: ReadonlySet<string> = new Set(PROBES.flatMap((probe) => [`/health${probe}`, `/api/health${probe}`]));

/** True for the path of a probe. Probes have no spans, and lines only at level debug. */
export function isProbe(path: string): boolean {
  return PROBE_PATHS.has(path);
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Hears of every request but probes. It must be cheap, because the request waits for it. */
export interface RequestObserver {
  onBegun(): void;
  /** Called once, when the answer has been sent or the client is gone. */
  onEnded(request: IncomingMessage, response: ServerResponse, durationMs: number): void;
}

/**
 * Writes one line per request, when its answer has been sent or its client is gone.
 *
 * @remarks It comes right after the call context, so that refused requests are logged too. No bodies, no headers, no query
 * strings: they may carry secrets. The line is made of nothing else, so it needs no redaction.
 */
export function requestLog(logger: Logger, observer: RequestObserver): Middleware {
  return (request, response, next) => {
    const { call } = request;
    const path = call?.origin?.path ?? '';
    const observed = !isProbe(path);
    if (!observed && !logger.isLevelEnabled('debug')) {
      next();
      return;
    }
    const startedAt = performance.now();
    if (observed) observer.onBegun();
    response.once('close', () => {
      const durationMs = performance.now() - startedAt;
      if (observed) observer.onEnded(request, response, durationMs);
      const status = response.statusCode;
      const line = {
        ...idsOf(call),
        method: request.method,
        path,
        status,
        duration_ms: Math.round(durationMs * 10) / 10,
        // The client left before the answer was complete; usual for event streams.
        ...(response.writableFinished ? {} : { closed_early: true }),
      };
      // The exception filter has logged a 5xx with its cause as an error; this line only counts it.
      if (status >= 500) logger.warn(line, `${request.method ?? ''} ${String(status)}`);
      else logger.info(line, `${request.method ?? ''} ${String(status)}`);
    });
    next();
  };
}

/** The ids that every line of a call carries. */
export function idsOf(call: CallContext | undefined): Record<string, string> {
  if (call === undefined) return {};
  const { trace, correlationId } = call;
  const ids: Record<string, string> = { trace_id: trace.traceId, span_id: trace.spanId };
  if (correlationId !== undefined) ids['correlation_id'] = correlationId;
  return ids;
}
