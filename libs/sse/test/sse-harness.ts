import { SseClient, startApi, waitFor } from '#zakops/testing';
import type { SseClientOptions } from '#zakops/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { OutboxTestbed } from '../../outbox/test/outbox-testbed.js';
import type { OutboxProcess } from '../../outbox/test/outbox-testbed.js';

type Environment = Readonly<Record<string, string>>;

const QUICK: Environment = { OUTBOX_POLL_INTERVAL: '0.1', SSE_HEARTBEAT_INTERVAL: '0.3' };

/** An API with streams, in this process, on a port of its own. */
export class SseApi {
  readonly #clients: SseClient[] = [];

  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
  ) {}

  /** @param port - 0 for any; the one of an API that was closed, to take its place */
  static async start(databaseUrl: string, env: Environment = {}, port = 0): Promise<SseApi> {
    const { app, url } = await startApi(databaseUrl, { env: { ...QUICK, ...env }, port });
    return new SseApi(app, url);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Opens a stream. */
  async stream(query = '', options: SseClientOptions = {}): Promise<SseClient> {
    const client = await SseClient.open(`${this.url}/api/events/stream${query}`, options);
    this.#clients.push(client);
    return client;
  }

  /** Opens a stream and reads its first frame. */
  async begin(query = '', options: SseClientOptions = {}): Promise<{ client: SseClient; first: Record<string, unknown> }> {
    const client = await this.stream(query, options);
    const frame = await waitFor('the first frame', () => client.frames.find(({ data }) => data !== undefined));
    return { client, first: JSON.parse(frame.data ?? '') as Record<string, unknown> };
  }

  /** Reads JSON. */
  async get<T = Record<string, unknown>>(path: string): Promise<{ status: number; headers: Headers; body: T }> {
    const response = await fetch(this.url + path);
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  }

  /** The stats of the hub. */
  async stats(): Promise<{ total_connections: number; position: number; lag: number; closed_by_cause: Record<string, number> }> {
    return (await this.get<Awaited<ReturnType<SseApi['stats']>>>('/api/admin/sse/stats')).body;
  }

  async close(): Promise<void> {
    await this.app.close();
    for (const client of this.#clients) client.close();
  }
}

/** A database, a worker, and the APIs of one test. */
export class SseHarness {
  readonly #apis = new Set<SseApi>();

  private constructor(
    readonly bed: OutboxTestbed,
    readonly worker: OutboxProcess,
  ) {}

  static async create(): Promise<SseHarness> {
    const bed = await OutboxTestbed.create();
    return new SseHarness(bed, await bed.start({ relay: true, env: { OUTBOX_POLL_INTERVAL: '0.1' } }));
  }

  /** Starts an API; it ends with the harness at the latest. */
  async api(env?: Environment, port?: number): Promise<SseApi> {
    const api = await SseApi.start(this.bed.database.url, env, port);
    this.#apis.add(api);
    return api;
  }

  /** Commits `count` events, spread over `deals` deals, each in a transaction of its own. */
  async append(count: number, deals = 3): Promise<void> {
    for (let n = 0; n < count; n += 1) await this.worker.append(this.bed.event((n % deals) + 1));
  }

  /** Commits `count` events of one deal in one transaction. */
  async appendAtOnce(count: number, deal = 1): Promise<void> {
    await this.worker.append(...Array.from({ length: count }, () => this.bed.event(deal)));
  }

  /** Waits until so many events are published. */
  async published(position: number): Promise<void> {
    await waitFor(`position ${String(position)}`, async () => {
      const [row] = await this.bed.database.query<{ position: string }>('SELECT position FROM zakops.event_log_head');
      return Number(row?.position) >= position;
    });
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#apis].map((api) => api.close()));
    await this.bed.dispose();
  }
}

/** 1, 2, 3 ... as far as `last`, from `first`. */
export function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
