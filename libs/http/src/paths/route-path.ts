import { toNfc } from '#zakops/kernel';
import type { Request } from 'express';
import { requestPath } from './request-path.js';

const PARAMETER = /:(\w+)/g;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * What a request is about: the path of its route, with the values that were read from the path in their one spelling.
 *
 * @remarks Two requests that reach the same thing by the same route have the same one, however they were written. A UUID is a number, and
 * both cases of its digits are the same.
 */
export function routePath(request: Request): string {
  const { path } = (request.route ?? {}) as { readonly path?: unknown };
  if (typeof path !== 'string') return requestPath(request);
  return path.replaceAll(PARAMETER, (_, name: string) => {
    const value = [request.params[name] ?? ''].flat().join('/');
    return encodeURIComponent(UUID.test(value) ? value.toLowerCase() : toNfc(value));
  });
}
