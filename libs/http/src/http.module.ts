import { RuntimeConfig } from '#zakops/config';
import { MetricsModule } from '#zakops/metrics';
import { Module } from '@nestjs/common';
import type { MiddlewareConsumer, NestModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import type { RequestHandler } from 'express';
import { inTurn } from './context/in-turn.js';
import { answerOptions } from './context/options.middleware.js';
import { cors } from './context/cors.middleware.js';
import { refuse } from './context/refuse.middleware.js';
import { setSecurityHeaders } from './context/security-headers.middleware.js';
import { HttpConfig } from './http.config.js';
import { InputPipe } from './input/input.pipe.js';
import { BodyReader } from './input/body-reader.js';
import { InputGuard } from './input/input.guard.js';
import { HttpMetrics } from './metrics/http.metrics.js';
import { ApiDocument } from './openapi/api-document.js';
import { docs, isDocsPath } from './openapi/docs.middleware.js';
import { ProblemFilter } from './problem/problem.filter.js';
import { requestPath } from './paths/request-path.js';

/** The ground rules of every request: ids, headers, origins, strict input, problem answers, and the documents. */
@Module({
  imports: [MetricsModule],
  providers: [
    ApiDocument,
    BodyReader,
    HttpMetrics,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_GUARD, useClass: InputGuard },
    { provide: APP_PIPE, useClass: InputPipe },
  ],
  exports: [ApiDocument],
})
export class HttpModule implements NestModule {
  constructor(
    private readonly config: HttpConfig,
    private readonly runtime: RuntimeConfig,
    private readonly api: ApiDocument,
  ) {}

  configure(consumer: MiddlewareConsumer): void {
    const production = this.runtime.appEnv === 'production';
    // What is refused carries the headers already, and a page that may call can read why.
    const chain = [this.headers(production), cors(this.config.corsOrigins), refuse, docs(this.api), answerOptions()];
    consumer.apply(inTurn(chain)).forRoutes('{*path}');
  }

  private headers(production: boolean): RequestHandler {
    const strict = setSecurityHeaders({ production, inlineStyles: false });
    const forDocs = setSecurityHeaders({ production, inlineStyles: true });
    return (request, response, next): void => {
      (isDocsPath(requestPath(request)) ? forDocs : strict)(request, response, next);
    };
  }
}
