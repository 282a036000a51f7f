import { isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;
const ALL_GROUPS = 8;
const NETWORK_GROUPS = 4;

/**
 * Names the caller behind an address. Of IPv6 the network of 64 bits counts, because whoever has one address has all of its
 * network; an IPv4 address written as IPv6 is the IPv4 address.
 */
export function addressSubject(address: string): string {
  // Tells the two apart on the hot path without reading further: only IPv6 has colons.
  if (!address.includes(':') || !isIPv6(address)) return address;
  const lower = address.toLowerCase();
  return MAPPED_IPV4.exec(lower)?.[1] ?? `${networkOf(lower)}/64`;
}

const WIDER = [
  { bits: 56, kept: 0xff00 },
  { bits: 48, kept: 0 },
] as const;

/** Names the networks of 56 and 48 bits around an IPv6 address, in this order; none for IPv4. */
export function networkSubjects(address: string): readonly string[] {
  const own = addressSubject(address);
  if (!own.endsWith('/64')) return [];
  const groups = own.slice(0, -'/64'.length).split(':');
  const last = Number.parseInt(groups.at(-1) ?? '0', 16);
  return WIDER.map(({ bits, kept }) => `${[...groups.slice(0, -1), (last & kept).toString(16)].join(':')}/${String(bits)}`);
}

function networkOf(address: string): string {
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const before = groupsOf(head);
  const behind = groupsOf(tail ?? '');
  // `::` stands for the groups that are missing; an IPv4 address at the end takes the room of two.
  const missing = ALL_GROUPS - before.length - behind.length - (behind.at(-1)?.includes('.') === true ? 1 : 0);
  const all = [...before, ...(tail === undefined ? [] : Array<string>(Math.max(0, missing)).fill('0')), ...behind];
  // Written in one way: `0db8` and `db8` are the same group.
  return all
    .slice(0, NETWORK_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

function groupsOf(part: string): readonly string[] {
  return part === '' ? [] : part.split(':');
}
