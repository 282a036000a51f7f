import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 25;
const REQUEST_LIMIT_MS = 60_000;

/** One exchange. */
export interface Exchange {
  readonly what: string;
  /** 0 when the connection failed. */
  readonly status: number;
  readonly error?: string;
  readonly retryAfter?: string | undefined;
  /** By `performance.now()`. */
  readonly startedAtMs: number;
  readonly ms: number;
  readonly body: string;
}

/** How much load, and of which kind. */
export interface LoadOptions {
  /** Clients at the same time. */
  readonly clients: number;
  /** The load ends after this many exchanges. */
  readonly maxExchanges: number;
}

/**
 * People at work: every client reads a list, makes a deal and reads it again, over and over, half of them on a connection that they keep.
 * Nothing is tried again: what fails is noted.
 */
export class Load {
  readonly exchanges: Exchange[] = [];
  /** Ids of the deals whose making was confirmed. */
  readonly made: string[] = [];
  #stopped = false;
  readonly #work: Promise<unknown>;

  private constructor(
    private readonly url: string,
    private readonly options: LoadOptions,
  ) {
    this.#work = Promise.all(Array.from({ length: options.clients }, (_, n) => this.client(n)));
  }

  static begin(url: string, options: LoadOptions): Load {
    return new Load(url, options);
  }

  /** Exchanges that did not end well. */
  get failures(): readonly Exchange[] {
    return this.exchanges.filter(({ status }) => status < 200 || status > 299);
  }

  /** Lets every client finish what it has begun. */
  async end(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  private async client(n: number): Promise<void> {
    const agent = new Agent({ keepAlive: n % 2 === 0, maxSockets: 1 });
    for (let round = 0; !this.#stopped && this.exchanges.length < this.options.maxExchanges; round += 1) {
      await this.exchange(agent, 'GET', '/api/deals?limit=5');
      await sleep(PAUSE_MS);
      const made = await this.exchange(agent, 'POST', '/api/deals', { canonical_name: `deal ${String(n)}/${String(round)}` });
      if (made.status === 201) {
        const { deal_id: id } = JSON.parse(made.body) as { deal_id: string };
        this.made.push(id);
        await this.exchange(agent, 'GET', `/api/deals/${id}`);
      }
      await sleep(PAUSE_MS);
    }
    agent.destroy();
  }

  private async exchange(agent: Agent, method: string, path: string, body?: object): Promise<Exchange> {
    const startedAtMs = performance.now();
    const answer = await send(agent, method, this.url + path, body).catch((error: unknown) => ({
      status: 0,
      error: error instanceof Error ? `${error.message} ${'code' in error ? String(error.code) : ''}` : String(error),
      body: '',
    }));
    const exchange = { what: `${method} ${path}`, startedAtMs, ms: performance.now() - startedAtMs, ...answer };
    this.exchanges.push(exchange);
    return exchange;
  }
}

function send(
  agent: Agent,
  method: string,
  url: string,
  body: object | undefined,
): Promise<{ status: number; retryAfter: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent, method, timeout: REQUEST_LIMIT_MS, headers: body === undefined ? {} : { 'content-type': 'application/json' } },
      (response) => {
        text(response).then((answer) => {
          resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body: answer });
        }, reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer in a minute')));
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
