import { canonicalAddress } from '#zakops/kernel';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { parseAuthority } from './authority.js';
import type { Authority } from './authority.js';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const BRACKETS = /^\[|\]$/g;

/** Addresses to listen on that name no machine. */
const EVERYWHERE = new Set(['0.0.0.0', '[::]']);

/**
 * The names that a request may be for: this machine's own, and those that it is told.
 *
 * @remarks A page under a foreign name can have that name point to this machine (DNS rebinding). To the browser it then is of the same
 * origin. Only the name tells its requests from those of our own pages. Ports are not compared: published ones differ from ours.
 */
export class OwnHosts {
  readonly #names: ReadonlySet<string>;

  /**
   * @param listensOn - the value of `HOST`
   * @param publicHosts - names and addresses from outside, without ports
   */
  constructor(listensOn: string, publicHosts: readonly string[]) {
    const told = [asAuthority(listensOn), ...publicHosts].map((host) => parseAuthority(host)?.name);
    this.#names = new Set(['localhost', ...told.filter((name) => name !== undefined && !EVERYWHERE.has(name))] as string[]);
  }

  /** @param localAddress - the address of this machine that the connection came to; a request may be for it as well */
  has({ name }: Authority, localAddress: string | undefined): boolean {
    if (this.#names.has(name)) return true;
    const address = canonicalAddress(name.replace(BRACKETS, ''));
    if (address === undefined) return false;
    return isLoopbackAddress(address) || (localAddress !== undefined && canonicalAddress(localAddress) === address);
  }
}

/** True for a name or address that leads to this machine and nowhere else, however it is written: `LOCALHOST.`, `127.1`, `::0001`. */
export function isLoopback(host: string): boolean {
  const name = parseAuthority(asAuthority(host))?.name;
  const address = name === undefined ? undefined : canonicalAddress(name.replace(BRACKETS, ''));
  return name === 'localhost' || (address !== undefined && isLoopbackAddress(address));
}

function isLoopbackAddress(address: string): boolean {
  return LOOPBACK.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/** An IPv6 address gets its brackets. */
function asAuthority(host: string): string {
  const address = canonicalAddress(host) ?? host;
  return isIPv6(address) ? `[${address}]` : address;
}
