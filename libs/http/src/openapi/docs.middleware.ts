import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { ApiDocument, DocumentFile } from './api-document.js';
import { requestPath } from '../paths/request-path.js';
import { namesTag } from '../precondition/entity-tag.js';
import { isProblemPath, problemPage } from '../problem/problem-page.js';
import { docsFile } from './docs-page.js';

const CACHE_SECONDS = 3_600;

/** Answers `GET /openapi.json`, `GET /asyncapi.json` the documents page under `/docs`, and pages of problem types; passes everything else on. */
export function docs(api: ApiDocument): RequestHandler {
  return (request, response, next) => {
    const path = requestPath(request);
    // Another spelling is none of these, as it is no route: a proxy may have a rule for them.
    if (request.notes?.isRespelled === true || (request.method !== 'GET' && request.method !== 'HEAD')) next();
    else if (path === '/openapi.json') sendDocument(api.file, request, response);
    else if (path === '/asyncapi.json') sendDocument(api.asyncFile, request, response);
    else if (isDocsPath(path)) sendDocs(path, response, next);
    else if (isProblemPath(path)) sendPage(problemPage(path), response, next);
    else next();
  };
}

/** True for the documents page and its files. */
export function isDocsPath(path: string): boolean {
  return path === '/docs' || path.startsWith('/docs/');
}

/** True for every path that this middleware answers, if the method fits. */
export function isDocumentPath(path: string): boolean {
  return path === '/openapi.json' || path === '/asyncapi.json' || isDocsPath(path) || problemPage(path) !== undefined;
}

/** Compressed for those who take it, and 304 for those who have it (RFC 9110, 13.1.2): both forms have a tag of their own. */
function sendDocument({ plain, gzipped }: DocumentFile, request: Request, response: Response): void {
  const zips = request.acceptsEncodings('gzip', 'identity') === 'gzip';
  response.vary('Accept-Encoding');
  const { body, tag } = zips ? gzipped : plain;
  response.setHeader('ETag', tag);
  // To be kept, and asked for again each time: it changes with the version.
  response.setHeader('Cache-Control', 'no-cache');
  if (namesTag(request.headers['if-none-match'], tag)) {
    response.status(304).end();
    return;
  }
  if (zips) response.setHeader('Content-Encoding', 'gzip');
  response.type('json').send(body);
}

function sendPage(page: string | undefined, response: Response, next: NextFunction): void {
  if (page === undefined) {
    next();
    return;
  }
  response.setHeader('Cache-Control', `public, max-age=${String(CACHE_SECONDS)}`);
  response.type('text/html').send(page);
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
