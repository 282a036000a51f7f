import { InputError } from '#zakops/http';
import type { IncomingHttpHeaders } from 'node:http';

const NAME = 'Idempotency-Key';
const OLDER_NAME = 'X-Idempotency-Key';
const VISIBLE_ASCII = /^[!-~]{1,255}$/;

/**
 * The key of a request, from either of its headers.
 *
 * @throws InputError for a key that is not 1 to 255 visible ASCII characters, and for two headers that differ
 */
export function readIdempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const key = readHeader(headers, NAME);
  const older = readHeader(headers, OLDER_NAME);
  if (key !== undefined && older !== undefined && key !== older) {
    throw new InputError([{ pointer: OLDER_NAME, detail: `differs from ${NAME}`, code: 'CONTRADICTION' }]);
  }
  return key ?? older;
}

function readHeader(headers: IncomingHttpHeaders, name: typeof NAME | typeof OLDER_NAME): string | undefined {
  // One that is given twice arrives as one text with a comma and a blank, which is no key.
  const value = headers[name === NAME ? 'idempotency-key' : 'x-idempotency-key'];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && VISIBLE_ASCII.test(value)) return value;
  throw new InputError([{ pointer: name, detail: 'must be 1 to 255 visible ASCII characters', code: 'INVALID_FORMAT' }]);
}
