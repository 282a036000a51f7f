import { BlockList, isIP } from 'node:net';
import { parseAuthority } from './authority.js';
import type { Authority } from './authority.js';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

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
    const address = name.startsWith('[') ? name.slice(1, -1) : name;
    const version = isIP(address);
    if (version === 0) return false;
    if (LOOPBACK.check(address, version === 4 ? 'ipv4' : 'ipv6')) return true;
    return localAddress !== undefined && sameAddress(address, localAddress);
  }
}

function sameAddress(address: string, local: string): boolean {
  const own = new BlockList();
  own.addAddress(local, isIP(local) === 4 ? 'ipv4' : 'ipv6');
  return own.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/** An IPv6 address gets its brackets. */
function asAuthority(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
