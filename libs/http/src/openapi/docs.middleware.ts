import type { NextFunction, RequestHandler, Response } from 'express';
import type { ApiDocument } from './api-document.js';
import { requestPath, wasRespelled } from '../paths/request-path.js';
import { docsFile } from './docs-page.js';

const CACHE_SECONDS = 3_600;

/** Answers `GET /openapi.json` and the documents page under `/docs`; passes everything else on. */
export function docs(api: ApiDocument): RequestHandler {
  return (request, response, next) => {
    const path = requestPath(request);
    // Another spelling is none of these, as it is no route: a proxy may have a rule for them.
    if (wasRespelled(request) || (request.method !== 'GET' && request.method !== 'HEAD')) next();
    else if (path === '/openapi.json') response.json(api.document);
    else if (isDocsPath(path)) sendDocs(path, response, next);
    else next();
  };
}

/** True for the documents page and its files. */
export function isDocsPath(path: string): boolean {
  return path === '/docs' || path.startsWith('/docs/');
}

function sendDocs(path: string, response: Response, next: NextFunction): void {
  const file = docsFile(path.slice('/docs/'.length));
  if (file === undefined) {
    next();
    return;
  }
  response.type(file.type);
  response.setHeader('Cache-Control', `public, max-age=${String(CACHE_SECONDS)}`);
  if ('content' in file) response.send(file.content);
  // The folder may lie below one that starts with a dot, which sendFile would refuse.
  else
    response.sendFile(file.path, { dotfiles: 'allow', cacheControl: false }, (error: Error | undefined) => {
      if (error !== undefined) next(error);
    });
}
