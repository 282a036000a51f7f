import { parseCookie } from 'cookie';

/**
 * Every value of a cookie, as sent and in that order.
 *
 * @remarks There may be several: another service of the host, or an earlier version, may have set a cookie of this name for another path or
 * domain. The server cannot remove it, and a browser may send it first. `parseCookie` gives the first value only, so it parses each pair
 * alone. No name or value holds a semicolon, also not in quotes (RFC 6265, 4.2.1).
 */
export function cookieValues(header: string | undefined, name: string): readonly string[] {
  if (header?.includes(name) !== true) return [];
  return header.split(';').flatMap((pair) => parseCookie(pair, { decode: asSent })[name] ?? []);
}

// A value is not percent-decoded: each value has one spelling.
function asSent(value: string): string {
  return value;
}
