import { RuntimeConfig } from '#zakops/config';
import { RequestLogger, requestLog } from '#zakops/observability';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Server } from 'node:http';
import { callContext } from './context/call-context.middleware.js';
import { inTurn } from './context/in-turn.js';
import { ApiDocument } from './openapi/api-document.js';
import { securityHeaders } from './context/security-headers.js';
import { HttpConfig } from './http.config.js';
import { OwnHosts } from './hosts/own-hosts.js';
import { readTarget } from './hosts/read-target.middleware.js';
import { defineClientAddress } from './limits/client-address.js';
import { honourExpectations } from './limits/expectations.js';
import { limitRequests } from './limits/limit-requests.js';
import { trustFunction } from './limits/trust-proxy.js';
import { HttpMetrics } from './metrics/http.metrics.js';
import { REQUIRE_IF_MATCH } from './precondition/if-match.decorator.js';
import { answerUnreadable } from './problem/answer-unreadable.js';

/**
 * Sets what a module cannot set for itself. Call it once, before the application listens; it must have been created with
 * {@link createHttpAdapter}, and with `bodyParser: false`, because `HttpModule` reads bodies behind the guards.
 *
 * @param asksForLogin - whether callers must log in; where they need not, a request must be for a name of ours
 */
export function prepareHttp(app: NestExpressApplication, asksForLogin: boolean): void {
  app.disable('x-powered-by');
  // sendJson makes entity tags: Express would give one to secrets and problems too.
  app.disable('etag');
  // No nested objects from brackets: a parameter is a text or a list of texts.
  app.set('query parser', 'simple');
  const config = app.get(HttpConfig);
  // What X-Forwarded-For says is the client's own claim unless a proxy of ours wrote it.
  app.set('trust proxy', trustFunction(config.trustProxy));
  defineClientAddress(app);
  app.set(REQUIRE_IF_MATCH, config.requireIfMatch);
  // Before every module's middleware, so that whatever refuses a request is logged, with its ids.
  const checksHosts = !asksForLogin || config.publicHosts.length > 0;
  const target = readTarget(checksHosts ? new OwnHosts(config.host, config.publicHosts) : undefined);
  app.use(inTurn([target, callContext, requestLog(app.get(RequestLogger).pino, app.get(HttpMetrics))]));
  app.get(ApiDocument).describe(app);
  const server: Server = app.getHttpServer();
  limitRequests(server, config);
  honourExpectations(server);
  const production = app.get(RuntimeConfig).appEnv === 'production';
  answerUnreadable(server, config.headersTimeoutMs, securityHeaders({ production, inlineStyles: false }));
}
