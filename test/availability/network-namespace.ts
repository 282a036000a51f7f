import { installPrograms } from '#zakops/testing';
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ESTABLISHED = '01';

/** A network of its own, with nothing in it but a loopback interface and a firewall: what is broken there is broken for nobody else. */
export class NetworkNamespace {
  readonly #children: ChildProcess[] = [];

  private constructor(
    private readonly name: string,
    private readonly folder: string,
  ) {}

  /** Makes one; needs root. Installs iproute2 and nftables if they are missing (by apt). */
  static async create(): Promise<NetworkNamespace> {
    await installPrograms({ '/usr/sbin/ip': 'iproute2', '/usr/sbin/nft': 'nftables' });
    const name = `zakops-${randomBytes(4).toString('hex')}`;
    await run('ip', ['netns', 'add', name]);
    const namespace = new NetworkNamespace(name, await mkdtemp(join(tmpdir(), 'zakops-network-')));
    await namespace.run('ip', 'link', 'set', 'lo', 'up');
    // `silent` holds ports of clients whose connections the firewall has forgotten.
    await namespace.run('nft', 'add table inet firewall');
    await namespace.run('nft', 'add set inet firewall silent { type inet_service; }');
    await namespace.run('nft', 'add chain inet firewall input { type filter hook input priority 0; }');
    await namespace.run('nft', 'add rule inet firewall input tcp sport @silent drop');
    await namespace.run('nft', 'add rule inet firewall input tcp dport @silent drop');
    return namespace;
  }

  /** What to put before a command, to run it inside. */
  get prefix(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  /** Makes a port of this machine's loopback interface reachable under the same number inside. */
  async letReach(port: number): Promise<void> {
    await this.bridge(port, false);
  }

  /** Makes a port inside reachable under the same number on this machine's loopback interface. */
  async expose(port: number): Promise<void> {
    await this.bridge(port, true);
  }

  /**
   * Drops, from now on and without a word to either end, every packet of the connections that the network of a process has to a port now.
   *
   * @returns how many they are
   */
  async silence(pid: number, port: number): Promise<number> {
    const clients = (await readFile(`/proc/${String(pid)}/net/tcp`, 'utf8'))
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === ESTABLISHED && portOf(columns[2]) === port)
      .map((columns) => String(portOf(columns[1])));
    if (clients.length > 0) await this.run('nft', `add element inet firewall silent { ${clients.join(', ')} }`);
    return clients.length;
  }

  async remove(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await run('ip', ['netns', 'delete', this.name]);
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(program: string, ...args: readonly string[]): Promise<void> {
    await run('ip', ['netns', 'exec', this.name, program, ...args]);
  }

  /** Over a socket file, which belongs to no network. */
  private async bridge(port: number, outwards: boolean): Promise<void> {
    const socket = join(this.folder, `${String(port)}.sock`);
    if (outwards) {
      await this.relay(this.prefix, socket, String(port));
      await this.relay([], String(port), socket);
    } else {
      await this.relay([], socket, String(port));
      await this.relay(this.prefix, String(port), socket);
    }
  }

  private async relay(prefix: readonly string[], ...places: readonly string[]): Promise<void> {
    const [program = process.execPath, ...args] = [
      ...prefix,
      process.execPath,
      join(process.cwd(), 'test/availability/relay.mjs'),
      ...places,
    ];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.push(child);
    await once(child.stdout, 'data');
  }
}

function portOf(address = ''): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16);
}
