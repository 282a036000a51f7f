import { isIP } from 'node:net';

// An IPv4-mapped address (RFC 4291, 2.5.5.2) in the spelling of the URL parser.
const MAPPED_IPV4 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;
// A zone has a meaning only on the machine of its interface (RFC 4007).
const ZONE = /%.*$/s;

/**
 * Writes an IP address in its one spelling (RFC 5952): lower case, shortest form, without a zone. An IPv4 address that is written as IPv6 is
 * the IPv4 address.
 *
 * @returns undefined for a text that is no address
 */
export function canonicalAddress(text: string): string | undefined {
  const version = isIP(text);
  if (version !== 6) return version === 4 ? text : undefined;
  const address = new URL(`http://[${text.replace(ZONE, '')}]`).hostname.slice(1, -1);
  const [, high, low] = MAPPED_IPV4.exec(address) ?? [];
  return high === undefined || low === undefined ? address : [...bytesOf(high), ...bytesOf(low)].join('.');
}

/** The eight groups of an IPv6 address; undefined for any other text, and for an IPv4 address that is written as IPv6. */
export function ipv6Groups(text: string): readonly number[] | undefined {
  const address = canonicalAddress(text);
  if (address === undefined || isIP(address) !== 6) return undefined;
  const [before = [], after = []] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
}

function bytesOf(group: string): readonly number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}
