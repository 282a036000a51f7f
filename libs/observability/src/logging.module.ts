import { MetricsModule } from '#zakops/metrics';
import { Module } from '@nestjs/common';
import type { DynamicModule, OnModuleInit } from '@nestjs/common';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import pino from 'pino';
import type { LoggerOptions } from 'pino';
import type { Options } from 'pino-http';
import { currentCall } from './call-context.js';
import { describeError } from './describe-error.js';
import { LogMetrics } from './log.metrics.js';
import { LogLevel } from './log-level.js';
import { logStream } from './log-stream.js';
import { idsOf } from './request-log.js';

const REDACTED = [
  'req.headers.authorization',
  'req.headers.cookie',
  'res.headers["set-cookie"]',
  '*.password',
  '*.secret',
  '*.token',
  '*.key',
];

// One line per module and route at every start: of use to who develops a module, and to nobody else.
const START_UP_CONTEXTS = new Set(['InstanceLoader', 'RouterExplorer', 'RoutesResolver']);
const INFO = 30;

/** Writes request lines; see `requestLog`. */
export abstract class RequestLogger {
  abstract readonly pino: pino.Logger;
}

/** JSON logs by pino: one line per request, and ids of the current call on every line. */
@Module({})
export class LoggingModule implements OnModuleInit {
  /** @param component - names the process on every line, for example `api` */
  static forRoot(component: string): DynamicModule {
    const stream = logStream();
    const requestLogger = {
      provide: RequestLogger,
      inject: [LogLevel],
      useFactory: (level: LogLevel): RequestLogger => ({ pino: level.govern(pino(lineOptions(component, level), stream)) }),
    };
    return {
      module: LoggingModule,
      global: true,
      imports: [
        MetricsModule,
        LoggerModule.forRootAsync({
          inject: [LogLevel],
          useFactory: (level: LogLevel) => ({
            pinoHttp: [logOptions(component, level), stream],
            // `requestLog` is the log of requests: one line each, without a logger of its own for each.
            forRoutes: [],
          }),
        }),
      ],
      providers: [LogLevel, LogMetrics, requestLogger],
      exports: [LoggerModule, LogLevel, requestLogger],
    };
  }

  constructor(private readonly level: LogLevel) {}

  onModuleInit(): void {
    this.level.govern(PinoLogger.root);
  }
}

/** What all lines have in common. */
function lineOptions(component: string, level: LogLevel): LoggerOptions {
  return {
    level: level.current,
    // A child has a level of its own, which stays when that of its parent changes.
    onChild: (child) => void level.govern(child),
    base: { component },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
  };
}

function logOptions(component: string, level: LogLevel): Options {
  return {
    ...lineOptions(component, level),
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { err: describeError },
    // Or else pino-http hands over a copy of the error, which is none any more.
    wrapSerializers: false,
    mixin: () => idsOf(currentCall()),
    hooks: {
      logMethod(args, method, level) {
        const [first] = args as readonly unknown[];
        const context = typeof first === 'object' && first !== null && 'context' in first ? first.context : undefined;
        if (level === INFO && typeof context === 'string' && START_UP_CONTEXTS.has(context)) this.debug(...args);
        else method.apply(this, args);
      },
    },
  };
}
