import pg from 'pg';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

// The SSLRequest message: its length and the code 80877103.
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const ACCEPTED = 'S'.charCodeAt(0);
const DEFAULT_LIMIT_MS = 10_000;

/** What node-postgres decides by, and its types leave out. */
interface Internals {
  ssl: unknown;
  readonly connection: { ssl: unknown; readonly stream: Socket };
}

/**
 * A client that encrypts when the server can: `sslmode=prefer`.
 *
 * @remarks node-postgres gives up on a server without TLS. So the server is asked first, over a connection of its own.
 */
export class PreferTlsClient extends pg.Client {
  readonly #limitMs: number;

  constructor(options: pg.ClientConfig) {
    super(options);
    this.#limitMs = options.connectionTimeoutMillis ?? DEFAULT_LIMIT_MS;
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void;
  override connect(callback?: unknown): Promise<pg.Client> | undefined {
    const connecting = this.connectAsServerCan();
    if (callback === undefined) return connecting;
    const done = callback as (error: Error | null, client?: pg.Client) => void;
    connecting.then(
      (client) => {
        done(null, client);
      },
      (error: unknown) => {
        done(error as Error);
      },
    );
    return undefined;
  }

  private async connectAsServerCan(): Promise<pg.Client> {
    const internals = this as unknown as Internals;
    const encrypts = await serverEncrypts(this.host, this.port, this.#limitMs);
    // A pool that has waited for long enough destroys the stream that it knows.
    if (internals.connection.stream.destroyed) throw new Error('Connection terminated while asking the server for TLS.');
    if (!encrypts) {
      internals.ssl = false;
      internals.connection.ssl = false;
    }
    await super.connect();
    return this;
  }
}

async function serverEncrypts(host: string, port: number, limitMs: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: limitMs });
  try {
    return await new Promise<boolean>((resolve, reject) => {
      socket.once('connect', () => socket.write(SSL_REQUEST));
      socket.once('data', (answer) => {
        resolve(answer[0] === ACCEPTED);
      });
      socket.once('error', reject);
      socket.once('timeout', () => {
        reject(new Error('timeout exceeded when trying to connect'));
      });
      socket.once('close', () => {
        reject(new Error('Connection terminated unexpectedly'));
      });
    });
  } finally {
    socket.destroy();
  }
}
