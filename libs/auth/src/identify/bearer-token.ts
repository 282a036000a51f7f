// credentials of RFC 9110 (11.4) with the token68 of RFC 6750 (2.1): the scheme in any case, one or more blanks.
const CREDENTIALS = /^bearer +(?<token>[\w\-.~+/]+=*)$/i;

/** The token of an `Authorization: Bearer` header; undefined for any other scheme or text. */
export function bearerTokenOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : CREDENTIALS.exec(header)?.groups?.['token'];
}
