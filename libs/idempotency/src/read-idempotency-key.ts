import { InputError } from '#zakops/http';
import type { IncomingHttpHeaders } from 'node:http';

const NAME = 'Idempotency-Key';
const OLDER_NAME = 'X-Idempotency-Key';
const VISIBLE_ASCII = /^[!-~]{1,255}$/;
// sf-string of RFC 8941 (3.3.3): a backslash stands before quotes and backslashes only.
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
const BEGINS_QUOTED = /^"/;
const ESCAPED = /\\(["\\])/g;

/**
 * The key of a request, from either of its headers.
 *
 * @remarks Bare, or in quotes as the draft of the IETF wants it; both forms are the same key, because a client may be updated between two
 * attempts.
 * @throws InputError for a key that is not 1 to 255 visible ASCII characters, and for two headers that differ
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
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
  const key = typeof value === 'string' ? unquoted(value) : undefined;
  if (key !== undefined && VISIBLE_ASCII.test(key)) return key;
  const detail = 'must be 1 to 255 visible ASCII characters, bare or as a quoted string';
  throw new InputError([{ pointer: name, detail, code: 'INVALID_FORMAT' }]);
}

/** A bare key as it is, the content of a quoted one; undefined where quotes are not a string. */
function unquoted(value: string): string | undefined {
  if (!BEGINS_QUOTED.test(value)) return value;
  return QUOTED.exec(value)?.[1]?.replace(ESCAPED, '$1');
}
