import type { Request } from 'express';
import { requestPath, targetPath } from './request-path.js';
import { routesOf } from './routes-of.js';

/**
 * The path that a request with a wrongly spelled one means: with capitals, a slash at its end, or needless percent signs. Routes take one
 * spelling only, so that a rule of a proxy for `/api/admin` is not passed by `/API/admin`.
 *
 * @returns undefined when no route is meant, or the path is spelled as its route is
 */
export function properPath(request: Request): string | undefined {
  const given = requestPath(request);
  const segments = (given.length > 1 && given.endsWith('/') ? given.slice(0, -1) : given).split('/');
  for (const { path, methods } of routesOf(request)) {
    const meant = methods.has(request.method) ? fill(path.split('/'), segments) : undefined;
    // Of the target as it was sent: `given` has no needless percent signs any more.
    if (meant !== undefined && meant !== targetPath(request.url)) return meant;
  }
  return undefined;
}

/** The template with the values of a path; undefined when the path does not fit it. */
function fill(template: readonly string[], segments: readonly string[]): string | undefined {
  if (template.length !== segments.length) return undefined;
  const filled: string[] = [];
  for (const [at, part] of template.entries()) {
    const segment = segments[at] ?? '';
    if (part.startsWith(':')) {
      if (segment === '') return undefined;
      filled.push(segment);
    } else if (part.toLowerCase() === segment.toLowerCase()) filled.push(part);
    else return undefined;
  }
  return filled.join('/');
}
