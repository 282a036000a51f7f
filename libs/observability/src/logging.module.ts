import { RuntimeConfig } from '#zakops/config';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Options } from 'pino-http';
import { callOf, currentCall } from './call-context.js';
import type { CallContext } from './call-context.js';

const REDACTED = ['req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]', '*.password', '*.secret', '*.token'];
// Probes come every few seconds from every balancer; their lines would drown the others.
const PROBE_PATHS = /^\/(?:api\/)?health(?:\/|$)/;

// One line per module and route at every start: of use to who develops a module, and to nobody else.
const START_UP_CONTEXTS = new Set(['InstanceLoader', 'RouterExplorer', 'RoutesResolver']);
const INFO = 30;

/** JSON logs by pino: one line per request, and ids of the current call on every line. */
@Module({})
export class LoggingModule {
  /** @param component - names the process on every line, for example `api` */
  static forRoot(component: string): DynamicModule {
    return {
      module: LoggingModule,
      imports: [
        LoggerModule.forRootAsync({
          inject: [RuntimeConfig],
          useFactory: (config: RuntimeConfig) => ({ pinoHttp: httpLogOptions(component, config) }),
        }),
      ],
      exports: [LoggerModule],
    };
  }
}

function httpLogOptions(component: string, config: RuntimeConfig): Options {
  return {
    level: config.logLevel,
    base: { component },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED, censor: '[redacted]' },
    hooks: {
      logMethod(args, method, level) {
        const [first] = args as readonly unknown[];
        const context = typeof first === 'object' && first !== null && 'context' in first ? first.context : undefined;
        if (level === INFO && typeof context === 'string' && START_UP_CONTEXTS.has(context)) this.debug(...args);
        else method.apply(this, args);
      },
    },
    quietReqLogger: true,
    quietResLogger: true,
    // The trace id names the request; a number per process would only be noise.
    genReqId: () => undefined as unknown as string,
    mixin: () => idsOf(currentCall()),
    autoLogging: { ignore: (request) => config.logLevel !== 'debug' && PROBE_PATHS.test(request.url ?? '') },
    customAttributeKeys: { responseTime: 'duration_ms' },
    customSuccessObject: requestLine,
    customErrorObject: (request, response, _error, values: object) => requestLine(request, response, values),
    // The exception filter has logged a 5xx with its cause as an error; this line only counts it.
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'warn' : 'info'),
    customSuccessMessage: (request, response) => `${request.method ?? ''} ${String(response.statusCode)}`,
    customErrorMessage: (request, response) => `${request.method ?? ''} ${String(response.statusCode)}`,
  };
}

function idsOf(call: CallContext | undefined): Record<string, string> {
  if (call === undefined) return {};
  const { trace, correlationId } = call;
  return { trace_id: trace.traceId, span_id: trace.spanId, ...(correlationId === undefined ? {} : { correlation_id: correlationId }) };
}

/**
 * The line of one request. It is written when the response ends, which may be outside of the request's call, so the ids are taken
 * from the request. No bodies, no headers, no query strings: they may carry secrets.
 */
function requestLine(request: IncomingMessage, response: ServerResponse, values: { duration_ms?: number }): object {
  return {
    method: request.method,
    path: pathOf(request),
    status: response.statusCode,
    duration_ms: values.duration_ms,
    // The client left before the answer was complete; usual for event streams.
    ...(response.writableFinished ? {} : { closed_early: true }),
    ...idsOf(callOf(request)),
  };
}

function pathOf(request: IncomingMessage): string {
  // Express shortens `url` while a router is mounted.
  const { originalUrl = request.url ?? '' } = request as { originalUrl?: string };
  return originalUrl.split('?', 1)[0] ?? '';
}
