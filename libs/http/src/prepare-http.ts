import type { NestExpressApplication } from '@nestjs/platform-express';
import { callContext } from './context/call-context.middleware.js';
import { ApiDocument } from './openapi/api-document.js';
import { answerUnreadable } from './problem/answer-unreadable.js';

/**
 * Sets what a module cannot set for itself. Call it once, before the application listens; it must have been created with
 * `bodyParser: false`, because `HttpModule` reads bodies after the request log has begun.
 */
export function prepareHttp(app: NestExpressApplication): void {
  app.disable('x-powered-by');
  // Entity tags come from the versions of rows, not from the bytes of an answer.
  app.disable('etag');
  // No nested objects from brackets: a parameter is a text or a list of texts.
  app.set('query parser', 'simple');
  // Before every module's middleware, so that the request log has the ids.
  app.use(callContext);
  app.get(ApiDocument).describe(app);
  answerUnreadable(app.getHttpServer());
}
