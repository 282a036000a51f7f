import { mayHoldInexactNumbers, parseExactJson } from '#zakops/kernel';
import { isUtf8 } from 'node:buffer';
import { json } from 'express';
import type { Request, RequestHandler } from 'express';
import { InputError } from '../problem/input-error.js';
import { RequestTimeoutError, UnsupportedMediaTypeError } from '../problem/http.errors.js';
import { requestPath } from '../paths/request-path.js';
import { toDomainError } from '../problem/to-domain-error.js';
import { findUnstorable, textFaults } from './storable-values.js';

/** The largest body, decompressed. */
export const MAX_BODY_BYTES = 1_048_576;

// Not application/merge-patch+json: a PATCH replaces a given field as a whole, and that type promises to merge within.
const JSON_TYPES = ['application/json'];

const parseJson = json({ limit: MAX_BODY_BYTES, type: JSON_TYPES, strict: true, verify: inspectBody });

/** Bodies with numbers that JSON.parse may have rounded, as they arrived. */
const suspects = new WeakMap<object, Buffer>();

/**
 * Reads a JSON body, at most 1 MiB; refuses bodies of other types, and values in body, path or query that cannot be stored as they are.
 *
 * @param timeoutMs - a body that has not arrived by then is refused with 408, and its connection is closed
 */
export function readBody(timeoutMs: number): RequestHandler {
  return (request, response, next) => {
    if (!hasBody(request)) {
      next(unstorable(request));
      return;
    }
    if (request.is(JSON_TYPES) === false) {
      next(new UnsupportedMediaTypeError('The body must be JSON: send it with Content-Type: application/json.'));
      return;
    }
    let isTooLate = false;
    const limit = setTimeout(() => {
      isTooLate = true;
      response.setHeader('Connection', 'close');
      next(new RequestTimeoutError('The body', timeoutMs));
    }, timeoutMs);
    parseJson(request, response, (error?: unknown) => {
      clearTimeout(limit);
      // The connection was closed over it.
      if (isTooLate) return;
      // Here, because Nest turns some of these errors into its own and drops what they were about.
      next(error === undefined ? unstorable(request) : toDomainError(error));
    });
  };
}

function unstorable(request: Request): InputError | undefined {
  const faults = [...pathFaults(request), ...queryFaults(request), ...findUnstorable(request.body)];
  if (faults.length > 0) return new InputError(faults);
  const suspect = suspects.get(request);
  if (suspect === undefined) return undefined;
  // Only now that the nesting is known to be shallow: this way of reading is recursive.
  const rounded = findUnstorable(parseExactJson(new TextDecoder().decode(suspect)));
  return rounded.length === 0 ? undefined : new InputError(rounded);
}

/** The decoder would put U+FFFD in place of bytes that are not UTF-8, and a name would be stored mutilated. */
function inspectBody(request: object, _response: unknown, body: Buffer, encoding: string): void {
  if (encoding !== 'utf-8' || !isUtf8(body)) throw new Error('The body is not valid UTF-8.');
  // Only digits are looked for. They are the same in Latin-1, which is quicker to decode than UTF-8.
  if (mayHoldInexactNumbers(body.toString('latin1'))) suspects.set(request, body);
}

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

function pathFaults(request: Request): ReturnType<typeof textFaults> {
  return requestPath(request).includes('%00') ? textFaults('\0', 'path') : [];
}

function queryFaults(request: Request): ReturnType<typeof textFaults> {
  return Object.entries(request.query).flatMap(([name, value]) => [
    ...textFaults(name, name),
    ...[value].flat().flatMap((text) => (typeof text === 'string' ? textFaults(text, name) : [])),
  ]);
}
