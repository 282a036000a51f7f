import { requestPath, routePath, toETag } from '#zakops/http';
import type { Translation } from '#zakops/http';
import type { DomainError } from '#zakops/kernel';
import type { Request, Response } from 'express';
import { toDashboard, toPipelineSummary, toStageArray } from './dashboard-answers.js';
import { fromDashboardBody } from './dashboard-requests.js';
import { laterCall, LaterCallError } from './later-calls.js';

type Json = Record<string, unknown>;

const VERSION = /^"(\d+)"/;

/** Speaks with the original dashboard. */
export const dashboardTranslation: Translation = {
  readRequest(request: Request): void {
    if (!isObject(request.body)) return;
    const body = fromDashboardBody(request.body) as Json;
    // An older form of a move.
    if (body['to_stage'] !== undefined && body['new_stage'] === undefined && request.path.endsWith('/transition')) {
      body['new_stage'] = body['to_stage'];
      delete body['to_stage'];
      if (typeof body['approved_by'] === 'string') addParameter(request, 'transitioned_by', body['approved_by']);
      delete body['approved_by'];
    }
    if (typeof body['_version'] === 'number') request.headers['if-match'] ??= toETag(body['_version']);
    delete body['_version'];
    request.body = body;
  },

  writeAnswer(response: Response, body: unknown): unknown {
    const { req: request } = response;
    if (response.statusCode < 400) {
      if (isRoute(request, '/api/deals/stages/summary')) return toStageArray(body as Json);
      if (isRoute(request, '/api/pipeline/summary')) return toPipelineSummary(body as Json[]);
    }
    const answer = toDashboard(body);
    // The version of one thing, for a precondition in the body of a later change.
    const version = VERSION.exec(String(response.getHeader('ETag') ?? ''))?.[1];
    return isObject(answer) && version !== undefined && response.statusCode < 400 ? { ...answer, _version: Number(version) } : answer;
  },

  missingRoute(request: Request): DomainError | undefined {
    const path = requestPath(request);
    const call = laterCall(path);
    return call === undefined ? undefined : new LaterCallError(path, call.plan);
  },
};

function isRoute(request: Request, path: string): boolean {
  return routePath(request) === path;
}

function addParameter(request: Request, name: string, value: string): void {
  request.url += `${request.url.includes('?') ? '&' : '?'}${new URLSearchParams({ [name]: value }).toString()}`;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
