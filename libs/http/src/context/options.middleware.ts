import type { RequestHandler } from 'express';
import { isDocumentPath } from '../openapi/docs.middleware.js';
import { allowedMethods } from '../problem/allowed-methods.js';
import { requestPath } from '../paths/request-path.js';

/** Answers OPTIONS with the methods that a path takes (RFC 9110, 9.3.7); a path that no route has is refused like any other call of it. */
export function answerOptions(): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'OPTIONS') {
      next();
      return;
    }
    const methods = isDocumentPath(requestPath(request)) ? ['GET', 'HEAD'] : allowedMethods(request);
    if (methods.length === 0) next();
    else
      response
        .status(204)
        .setHeader('Allow', [...methods, 'OPTIONS'].sort().join(', '))
        .end();
  };
}
