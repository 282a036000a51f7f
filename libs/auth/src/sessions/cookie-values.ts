import { parseCookie } from 'cookie';

/**
 * Every value of a cookie, as sent and in that order.
 *
 * @remarks There are several where a neighbour on the same host, or an earlier version, set one for another path or domain. The server
 * cannot remove it, and a browser may send it first. The package gives the first only, so it reads the pairs one by one: no name and no value
 * holds a semicolon, not even in quotes (RFC 6265, 4.2.1).
 */
export function cookieValues(header: string | undefined, name: string): readonly string[] {
  if (header?.includes(name) !== true) return [];
  return header.split(';').flatMap((pair) => parseCookie(pair, { decode: asSent })[name] ?? []);
}

// A value has one spelling: with percent signs it is another value.
function asSent(value: string): string {
  return value;
}
