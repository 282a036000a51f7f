import { spawnApi, SpawnedApps, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp } from '#zakops/testing';
import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { OutboxTestbed } from '../../../libs/outbox/test/outbox-testbed.js';
import { makeEvent } from '#zakops/contracts';
import { uuidV7 } from '#zakops/kernel';

const EVENTS = 1_400;
const EVENT_BYTES = 240 * 1_024;
const DEALS = 20;
/** Much less than the events have together, which is 336 MB. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=384' };
const PATIENT = { SSE_REPLAY_MAX_EVENTS: '100000', OUTBOX_POLL_INTERVAL: '0.2' };
const LIMIT_MS = 180_000;
const LONGEST_ID = 100;

/** A client that comes back whenever its stream ends, and keeps nothing but the positions. */
class Follower {
  /** Of all events, in the order in which they came: one that came twice is here twice. */
  readonly positions: number[] = [];
  lastEventId: string | undefined;
  #response: IncomingMessage | undefined;
  #isClosed = false;
  #start = '';
  #id: string | undefined;
  #event = '';

  private constructor(private readonly url: string) {}

  static async open(url: string, lastEventId?: string): Promise<Follower> {
    const follower = new Follower(url);
    follower.lastEventId = lastEventId;
    await follower.connect();
    return follower;
  }

  /** Cuts the connection; it comes back. */
  cut(): void {
    this.#response?.destroy();
  }

  close(): void {
    this.#isClosed = true;
    this.cut();
  }

  private connect(): Promise<void> {
    const { lastEventId } = this;
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    return new Promise((resolve, reject) => {
      get(`${this.url}/api/events/stream`, { agent: false, headers }, (response) => {
        this.#response = response;
        [this.#start, this.#id, this.#event] = ['', undefined, ''];
        response.on('error', () => undefined);
        response.on('data', (chunk: Buffer) => {
          this.read(chunk);
        });
        response.on('close', () => {
          if (!this.#isClosed) this.connect().catch(() => undefined);
        });
        resolve();
      }).on('error', reject);
    });
  }

  /** Keeps of each line only so much as says what it is. */
  private read(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      const end = chunk.indexOf(0x0a, from);
      const to = end === -1 ? chunk.length : end;
      if (this.#start.length < LONGEST_ID) this.#start += chunk.toString('latin1', from, Math.min(to, from + LONGEST_ID));
      if (end === -1) return;
      this.take(this.#start);
      this.#start = '';
      from = end + 1;
    }
  }

  /** A frame counts when its blank line has come, as the standard says: half of one comes again. */
  private take(line: string): void {
    if (line.startsWith('id: ')) this.#id = line.slice(4);
    if (line.startsWith('event: ')) this.#event = line.slice(7);
    if (line !== '') return;
    if (this.#id !== undefined) {
      this.lastEventId = this.#id;
      if (this.#event.startsWith('deal.')) this.positions.push(Number(this.#id.split('-')[1]));
    }
    [this.#id, this.#event] = [undefined, ''];
  }
}

interface Listed {
  readonly sequence: string;
}

async function read<T>(api: SpawnedApi, path: string): Promise<{ body: T; headers: Headers }> {
  const response = await fetch(api.url + path);
  expect(response.status).toBe(200);
  return { body: (await response.json()) as T, headers: response.headers };
}

const sequencesOf = (events: readonly Listed[]): number[] => events.map(({ sequence }) => Number(sequence));

/** Every position that a list shows, page by page. */
async function listed(api: SpawnedApi, path: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { body, headers }: { body: Listed[]; headers: Headers } = await read<Listed[]>(api, next);
    found.push(...sequencesOf(body));
    next = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
  }
  return found;
}

async function polled(api: SpawnedApi): Promise<readonly number[]> {
  const found: number[] = [];
  for (let since = '0'; ;) {
    const { body } = await read<{ events: Listed[]; next_since: string; reset: unknown }>(api, `/api/events/poll?limit=100&since=${since}`);
    expect(body.reset).toBeNull();
    if (body.next_since === since) return found;
    found.push(...sequencesOf(body.events));
    since = body.next_since;
  }
}

function isAlive({ process: { exitCode, signalCode } }: SpawnedApp): boolean {
  return exitCode === null && signalCode === null;
}

const ALL = Array.from({ length: EVENTS }, (_, n) => n + 1);

describe('336 MB of legal events and 384 MiB of heap', () => {
  const apps = new SpawnedApps();
  const { started } = apps;
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });

  afterEach(async () => {
    await apps.kill();
    await bed.dispose();
  });

  async function append(text: () => string): Promise<void> {
    const writer = await bed.start({ relay: false });
    const perCommit = 10;
    for (let n = 0; n < EVENTS; n += perCommit) {
      const events = Array.from({ length: perCommit }, (_, at) => {
        const dealId = `DEAL-${String(1 + ((n + at) % DEALS)).padStart(6, '0')}`;
        const changes = [{ field: 'metadata', old_value: null, new_value: text() }];
        return makeEvent('deal.updated', uuidV7(), dealId, 1 + Math.floor((n + at) / DEALS), { deal_id: dealId, changes });
      });
      await writer.append(...events);
    }
    await writer.close();
  }

  it.each([
    ['compressible', () => 'x'.repeat(EVENT_BYTES)],
    ['incompressible', () => randomBytes((EVENT_BYTES / 4) * 3).toString('base64')],
  ])(
    'are published, delivered, streamed, resumed, polled and listed, %s',
    async (_kind, text) => {
      await append(text);
      const api = await started(spawnApi(bed.database.url, { ...SMALL_HEAP, ...PATIENT }));
      const live = await Follower.open(api.url);
      const origin = await waitFor('the first frame', () => live.lastEventId);
      const worker = await started(spawnWorker(bed.database.url, { ...SMALL_HEAP, ...PATIENT }));
      await waitFor('a part of the stream', () => live.positions.length > 200, LIMIT_MS);
      live.cut();
      const followers = [live, ...(await Promise.all(Array.from({ length: 2 }, () => Follower.open(api.url, origin))))];
      await waitFor(
        'every effect',
        async () =>
          !isAlive(worker) || (await bed.database.query('SELECT count(*)::int AS n FROM zakops.deal_activity'))[0]?.['n'] === EVENTS,
        LIMIT_MS,
      );
      expect([isAlive(api), isAlive(worker)]).toEqual([true, true]);
      for (const follower of followers) {
        await waitFor('the end of the log', () => !isAlive(api) || follower.positions.at(-1) === EVENTS, LIMIT_MS);
        expect(follower.positions).toEqual(ALL);
        follower.close();
      }

      expect(await polled(api)).toEqual(ALL);
      const [recent, ofOneDeal] = await Promise.all([
        listed(api, '/api/events/recent?limit=200'),
        listed(api, '/api/events/by-correlation/DEAL-000001?limit=500'),
      ]);
      expect(recent).toEqual(ALL.toReversed());
      expect(ofOneDeal).toEqual(ALL.filter((position) => position % DEALS === 1));
      expect([isAlive(api), isAlive(worker)]).toEqual([true, true]);
    },
    600_000,
  );
});
