/** How a body is compressed. */
export type ContentCoding = 'identity' | 'gzip' | 'deflate' | 'br';

// RFC 9110, 8.4.1.3: x-gzip is an older name.
const CODINGS: ReadonlyMap<string, ContentCoding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
]);

/**
 * Reads `Content-Encoding` (RFC 9110, 8.4): a list of tokens in any case, whose empty members do not count (5.6.1).
 *
 * @returns undefined for a coding that is not known, and for more than one
 */
export function contentCoding(header = ''): ContentCoding | undefined {
  const members = header.split(',').map((member) => member.trim().toLowerCase());
  const [coding, ...more] = members.filter((member) => member !== '' && member !== 'identity');
  if (coding === undefined) return 'identity';
  return more.length === 0 ? CODINGS.get(coding) : undefined;
}
