import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';

type Pair = readonly [Socket, Socket];

/**
 * Stands between a client and a server, and does what networks and servers do: hang without closing anything, refuse, or lose connections
 * without a word to either end.
 */
export class TcpProxy {
  readonly #pairs = new Set<Pair>();
  readonly #silent = new Set<Pair>();
  #paused = false;
  #refusing = false;
  #admitted: string | undefined;

  private constructor(
    private readonly server: Server,
    /** The target's address with the proxy's port. */
    readonly url: string,
  ) {}

  /** @param target - a database URL with a port */
  static async before(target: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const proxy = new TcpProxy(server, url.href);
    server.on('connection', (client) => {
      if (proxy.#refusing) client.destroy();
      else proxy.join(client, connect(Number(port), hostname));
    });
    return proxy;
  }

  /** How many connections are open, silent ones included. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Forwards nothing more; connections stay open, and new ones are taken. */
  pause(): void {
    this.#paused = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** Cuts every connection, and new ones as they come. */
  refuse(): void {
    this.#refusing = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** Forwards nothing more on present connections, as a firewall that has forgotten them; new ones work. */
  silence(): void {
    for (const pair of this.#pairs) this.fallSilent(pair);
  }

  /** From now on lets only those new connections speak whose first words contain a text; the others are taken, and silent. */
  admitOnly(text: string): void {
    this.#admitted = text;
  }

  /** Forwards again, also what came while it was paused. */
  resume(): void {
    this.#paused = false;
    this.#refusing = false;
    this.#admitted = undefined;
    for (const pair of this.#pairs) if (!this.#silent.has(pair)) for (const socket of pair) socket.resume();
  }

  async close(): Promise<void> {
    this.server.close();
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await once(this.server, 'close');
  }

  private fallSilent(pair: Pair): void {
    this.#silent.add(pair);
    for (const socket of pair) socket.pause();
  }

  private join(client: Socket, upstream: Socket): void {
    const pair = [client, upstream] as const;
    this.#pairs.add(pair);
    const admitted = this.#admitted;
    if (admitted !== undefined) {
      client.once('data', (words: Buffer) => {
        if (!words.includes(admitted)) this.fallSilent(pair);
      });
    }
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (chunk) => {
        if (!this.#silent.has(pair)) to.write(chunk);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
        this.#silent.delete(pair);
      });
      if (this.#paused) from.pause();
    }
  }
}
