import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';

/** Stands between a client and a server; can stop forwarding without closing anything, as a hanging server does, or refuse, as none does. */
export class TcpProxy {
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #paused = false;
  #refusing = false;

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

  /** Forwards again, also what came while it was paused. */
  resume(): void {
    this.#paused = false;
    this.#refusing = false;
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  async close(): Promise<void> {
    this.server.close();
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await once(this.server, 'close');
  }

  private join(client: Socket, upstream: Socket): void {
    const pair = [client, upstream] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
      if (this.#paused) from.pause();
    }
  }
}
