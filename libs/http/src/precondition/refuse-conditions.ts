import type { Request } from 'express';
import { allowedMethods } from '../problem/allowed-methods.js';
import { PreconditionFailedError } from '../problem/http.errors.js';
import { readTags } from './entity-tag.js';
import { takesConditions } from './if-match.decorator.js';

/**
 * Refuses the conditions of a change whose handler does not judge them: what it changes has no version.
 *
 * @throws PreconditionFailedError
 */
export function refuseConditions(request: Request, handler: object): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  if (match === undefined && noneMatch === undefined) return;
  if (request.method === 'GET' || request.method === 'HEAD' || takesConditions(handler)) return;
  const isFulfilled = match === undefined || readTags(match) === '*';
  // What can be read at this path exists.
  const exists = noneMatch !== undefined && allowedMethods(request).includes('GET');
  if (!isFulfilled || exists) throw new PreconditionFailedError();
}
