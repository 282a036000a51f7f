import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { addressOf } from './client-address.js';

/** Whose word about the client's address is believed. */
export interface TrustedProxies {
  /** How many proxies stand in a row, the nearest one first; 0 when nobody is believed. */
  readonly hops: number;
  /** Where each of them is, as networks; empty when they may be anywhere. */
  readonly networks: readonly string[];
}

const NOBODY = ['none', 'false', '0'];
const MAX_HOPS = 10;
const BITS = { 4: 32, 6: 128 } as const;
const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

// A network of everybody is none: any client could give itself any address.
const NETWORK = /^(?<address>[0-9a-f:.]+)(?:\/(?<bits>[1-9]\d{0,2}))?$/i;

/** Reads `TRUST_PROXY`. */
export function trustedProxies(): z.ZodType<TrustedProxies> {
  return z.string().transform((raw, context): TrustedProxies => {
    const text = raw.trim().toLowerCase();
    if (NOBODY.includes(text)) return { hops: 0, networks: [] };
    const [first = '', ...others] = text.split(',').map((part) => part.trim());
    const isCounted = /^\d+$/.test(first) && Number(first) >= 1 && Number(first) <= MAX_HOPS;
    const networks = isCounted ? others : [first, ...others];
    const wrong = networks.find((network) => !Object.hasOwn(NAMED_NETWORKS, network) && !isNetwork(network));
    // Where a network is all that is known, it may hold more than proxies. Only the nearest one is believed.
    if (wrong === undefined) return { hops: isCounted ? Number(first) : 1, networks };
    context.addIssue({
      code: 'custom',
      message: `must be none, 1 to ${String(MAX_HOPS)} proxies in a row, or addresses and networks separated by commas; ${wrong} is neither`,
    });
    return z.NEVER;
  });
}

/** Says of an address, and of how many stand before it, whether its word about the next one is believed. */
export function trustFunction({ hops, networks }: TrustedProxies): (address: string, before: number) => boolean {
  const known = networks.length === 0 ? undefined : blockListOf(networks);
  return (text, before) => {
    if (before >= hops) return false;
    if (known === undefined) return true;
    const address = addressOf(text);
    return address !== undefined && known.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  };
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks.flatMap((name) => (Object.hasOwn(NAMED_NETWORKS, name) ? (NAMED_NETWORKS[name] ?? []) : name))) {
    const { address = '', bits } = NETWORK.exec(network)?.groups ?? {};
    const version = isIP(address) === 4 ? 4 : 6;
    list.addSubnet(address, bits === undefined ? BITS[version] : Number(bits), version === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

function isNetwork(text: string): boolean {
  const { address = '', bits } = NETWORK.exec(text)?.groups ?? {};
  const version = isIP(address);
  if (version !== 4 && version !== 6) return false;
  return bits === undefined || Number(bits) <= BITS[version];
}
