import type { Request } from 'express';

/** The path that was asked for, without its query; Express shortens `request.path` inside a mounted middleware. */
export function requestPath(request: Request): string {
  return request.originalUrl.split('?', 1)[0] ?? '';
}
