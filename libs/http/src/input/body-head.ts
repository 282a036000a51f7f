import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import { PayloadTooLargeError, UnsupportedMediaTypeError } from '../problem/http.errors.js';
import { contentCoding } from './content-coding.js';
import type { ContentCoding } from './content-coding.js';

const JSON_TYPES = ['application/json'];

/** True when a body comes with a request, as its headers tell (RFC 9112, 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Judges a body by its headers, before a byte of it is read.
 *
 * @param limitBytes - the most that it may have as it is sent
 * @param types - the media types that may come
 * @returns how it is compressed
 * @throws UnsupportedMediaTypeError, PayloadTooLargeError
 */
export function judgeBodyHead({ headers }: IncomingMessage, limitBytes: number, types: readonly string[] = JSON_TYPES): ContentCoding {
  requireType(headers['content-type'], types);
  const coding = contentCoding(headers['content-encoding']);
  if (coding === undefined) throw new UnsupportedMediaTypeError('The body must be plain, or compressed once by gzip, deflate or br.');
  if (Number(headers['content-length'] ?? 0) > limitBytes) throw new PayloadTooLargeError(limitBytes);
  return coding;
}

/** Not application/merge-patch+json: a PATCH replaces a given field as a whole, and that type promises to merge within. */
function requireType(header: string | undefined, types: readonly string[]): void {
  const type = readType(header);
  if (!types.includes(type?.essence ?? ''))
    throw new UnsupportedMediaTypeError(`The body must be sent with Content-Type: ${types.join(' or ')}.`);
  const charset = type?.params.get('charset')?.toLowerCase() ?? 'utf-8';
  // JSON is UTF-8 (RFC 8259, 8.1). In other encodings, such as UTF-7, filters before us would not see what we read.
  if (charset !== 'utf-8' && charset !== 'utf8') throw new UnsupportedMediaTypeError('The body must be in UTF-8.');
}

function readType(header: string | undefined): MIMEType | undefined {
  try {
    return header === undefined ? undefined : new MIMEType(header);
  } catch {
    return undefined;
  }
}
