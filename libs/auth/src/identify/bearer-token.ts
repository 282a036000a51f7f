const SCHEME = 'bearer ';

/** The token of an `Authorization: Bearer` header; undefined for any other scheme. */
export function bearerTokenOf(header: string | undefined): string | undefined {
  if (header?.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return undefined;
  return header.slice(SCHEME.length).trim();
}
