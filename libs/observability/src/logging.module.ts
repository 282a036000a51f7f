import { RuntimeConfig } from '#zakops/config';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Options } from 'pino-http';
import { currentCall } from './call-context.js';

const REDACTED = ['req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]', '*.password', '*.secret', '*.token'];
// Probes come every few seconds from every balancer; their lines would drown the others.
const PROBE_PATHS = /^\/(?:api\/)?health(?:\/|$)/;

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
    quietReqLogger: true,
    mixin: () => {
      const call = currentCall();
      if (call === undefined) return {};
      const { trace, correlationId } = call;
      return { trace_id: trace.traceId, span_id: trace.spanId, ...(correlationId === undefined ? {} : { correlation_id: correlationId }) };
    },
    autoLogging: { ignore: (request) => config.logLevel !== 'debug' && PROBE_PATHS.test(request.url ?? '') },
    // No bodies, no headers, no query strings: they may carry secrets.
    serializers: { req: () => undefined, res: () => undefined },
    customProps: (request, response) => ({
      method: request.method,
      path: (request.url ?? '').split('?', 1)[0],
      status: response.statusCode,
    }),
    customAttributeKeys: { responseTime: 'duration_ms' },
    customLogLevel: (_request, response, error) => {
      if (error !== undefined || response.statusCode >= 500) return 'error';
      return 'info';
    },
    customSuccessMessage: (request, response) => `${request.method ?? ''} ${String(response.statusCode)}`,
    customErrorMessage: (request, response) => `${request.method ?? ''} ${String(response.statusCode)}`,
  };
}
