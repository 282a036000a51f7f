import { InputError, notesOf, refuseLater, requestPath, requestQuery, targetPath } from '#zakops/http';
import type { NextFunction, Request, Response } from 'express';
import { fromDashboardQuery } from './dashboard-requests.js';
import { translateStream } from './dashboard-stream.js';
import { dashboardTranslation } from './dashboard-translation.js';
import { VOCABULARIES, VOCABULARY_HEADER, VOCABULARY_PARAMETER } from './vocabularies.js';

const STREAM = '/api/events/stream';
const HEADER = VOCABULARY_HEADER.toLowerCase();

/** Chooses the vocabulary of a request by the parameter `vocabulary`, else by the header `X-ZakOps-Vocabulary`. */
export function chooseVocabulary(request: Request, response: Response, next: NextFunction): void {
  const header = request.headers[HEADER];
  if (header === undefined && !request.url.includes(VOCABULARY_PARAMETER)) {
    next();
    return;
  }
  const path = targetPath(request.url);
  const parameters = new URLSearchParams(requestQuery(request));
  const chosen = parameters.get(VOCABULARY_PARAMETER) ?? header;
  if (chosen === undefined) {
    next();
    return;
  }
  // Caches must keep the forms of one answer apart.
  response.vary(VOCABULARY_HEADER);
  if (!(VOCABULARIES as readonly unknown[]).includes(chosen)) {
    const where = parameters.has(VOCABULARY_PARAMETER) ? VOCABULARY_PARAMETER : VOCABULARY_HEADER;
    refuseLater(request, new InputError([{ pointer: where, detail: `must be one of ${VOCABULARIES.join(', ')}`, code: 'NOT_ALLOWED' }]));
  } else if (chosen === 'dashboard') {
    notesOf(request).translation = dashboardTranslation;
    // Express has taken the path from `url` here.
    const isStream = requestPath(request) === STREAM;
    if (isStream) translateStream(response);
    request.url = withQuery(path, fromDashboardQuery(parameters, isStream));
  } else {
    parameters.delete(VOCABULARY_PARAMETER);
    request.url = withQuery(path, parameters);
  }
  next();
}

function withQuery(path: string, parameters: URLSearchParams): string {
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
