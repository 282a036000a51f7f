import { canonicalAddress, ipv6Groups } from '#zakops/kernel';

const NETWORK_GROUPS = 4;

/**
 * Names the caller behind an address. Of IPv6 the network of 64 bits counts, because a caller with one address has all of its
 * network; an IPv4 address written as IPv6 is the IPv4 address.
 */
export function addressSubject(address: string): string {
  // Tells the two apart on the hot path without reading further: only IPv6 has colons.
  if (!address.includes(':')) return address;
  const network = networkOf(address);
  return network === undefined ? (canonicalAddress(address) ?? address) : subjectOf(network, 64);
}

const WIDER = [
  { bits: 56, kept: 0xff00 },
  { bits: 48, kept: 0 },
] as const;

/** Names the networks of 56 and 48 bits around an IPv6 address, in this order; none for IPv4. */
export function networkSubjects(address: string): readonly string[] {
  const network = networkOf(address);
  if (network === undefined) return [];
  const last = network.at(-1) ?? 0;
  return WIDER.map(({ bits, kept }) => subjectOf([...network.slice(0, -1), last & kept], bits));
}

function networkOf(address: string): readonly number[] | undefined {
  return ipv6Groups(address)?.slice(0, NETWORK_GROUPS);
}

function subjectOf(network: readonly number[], bits: number): string {
  return `${network.map((group) => group.toString(16)).join(':')}/${String(bits)}`;
}
