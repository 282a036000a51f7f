import { SseClient } from '#zakops/testing';
import type { SseFrame } from '#zakops/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FollowerRecord, Received } from './history.js';
import type { Random } from './random.js';

// Three heartbeats.
const SILENCE_LIMIT_MS = 3_000;
const OPEN_LIMIT_MS = 3_000;
const LOOK_EVERY_MS = 20;
const POLL_LIMIT_MS = 3_000;

interface CloudEvent {
  readonly id: string;
  readonly sequence: string;
  readonly subject: string;
}

/** What follows the log over HTTP. */
export interface Follower {
  readonly record: FollowerRecord;
  /** The last position that it has got, 0 before the first. */
  readonly position: number;
  /** Whether it knows where it stands: from then on it has to get everything. */
  readonly hasPlace: boolean;
  close(): Promise<void>;
}

/** Takes down what came. */
abstract class Recorder implements Follower {
  readonly record: FollowerRecord & { readonly received: Received[]; readonly resets: string[] };
  abstract readonly hasPlace: boolean;
  protected isClosed = false;
  protected work: Promise<void> = Promise.resolve();

  constructor(
    name: string,
    protected readonly urlOf: (n: 0 | 1) => string,
    protected readonly random: Random,
  ) {
    this.record = { name, received: [], resets: [] };
  }

  get position(): number {
    return this.record.received.at(-1)?.position ?? 0;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.work;
  }

  protected take({ id, sequence, subject }: CloudEvent): void {
    this.record.received.push({ position: Number(sequence), eventId: id, dealId: subject, atMs: performance.now() });
  }

  protected anyUrl(): string {
    return this.urlOf(this.random.chance(0.5) ? 0 : 1);
  }
}

/** A stream that comes back with the last id that it got, to either API process, also when it only fell silent. */
export class StreamFollower extends Recorder {
  #lastEventId: string | undefined;

  static open(name: string, urlOf: (n: 0 | 1) => string, random: Random): StreamFollower {
    const follower = new StreamFollower(name, urlOf, random);
    follower.work = follower.run();
    return follower;
  }

  get hasPlace(): boolean {
    return this.#lastEventId !== undefined;
  }

  private async run(): Promise<void> {
    while (!this.isClosed) {
      await this.readOnce().catch(() => undefined);
      await sleep(this.random.between(100, 600));
    }
  }

  /** Reads one connection to its end, or for a while. */
  private async readOnce(): Promise<void> {
    const leaving = new AbortController();
    const opening = setTimeout(() => {
      leaving.abort();
    }, OPEN_LIMIT_MS);
    try {
      const client = await SseClient.open(`${this.anyUrl()}/api/events/stream`, { lastEventId: this.#lastEventId, signal: leaving.signal });
      clearTimeout(opening);
      const leaveAtMs = performance.now() + this.random.between(2_000, 8_000);
      let heardAtMs = performance.now();
      let seen = 0;
      while (!this.isClosed && (!client.isEnded || seen < client.frames.length)) {
        const fresh = client.frames.slice(seen);
        for (const frame of fresh) this.read(frame);
        seen += fresh.length;
        this.#lastEventId = client.lastEventId ?? this.#lastEventId;
        const nowMs = performance.now();
        if (fresh.length > 0) heardAtMs = nowMs;
        if (nowMs > leaveAtMs || nowMs > heardAtMs + SILENCE_LIMIT_MS) break;
        await sleep(LOOK_EVERY_MS);
      }
    } finally {
      clearTimeout(opening);
      leaving.abort();
    }
  }

  private read({ event, data }: SseFrame): void {
    if (event === undefined || data === undefined) return;
    if (event === 'reset') this.record.resets.push(data);
    else if (!['live', 'replayed', 'bye'].includes(event)) this.take(JSON.parse(data) as CloudEvent);
  }
}

/** Asks page by page, and goes on where the page before ended. */
export class PollFollower extends Recorder {
  #since = '0';
  readonly hasPlace = true;

  static open(name: string, urlOf: (n: 0 | 1) => string, random: Random): PollFollower {
    const follower = new PollFollower(name, urlOf, random);
    follower.work = follower.run();
    return follower;
  }

  private async run(): Promise<void> {
    while (!this.isClosed) {
      const isMore = await this.poll().catch(() => false);
      if (!isMore) await sleep(this.random.between(200, 500));
    }
  }

  private async poll(): Promise<boolean> {
    const url = `${this.anyUrl()}/api/events/poll?limit=100&since=${this.#since}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(POLL_LIMIT_MS) });
    if (!response.ok) return false;
    const page = (await response.json()) as { events: CloudEvent[]; next_since: number | string; reset?: unknown };
    if (page.reset !== undefined && page.reset !== null && page.reset !== false) this.record.resets.push(JSON.stringify(page.reset));
    for (const event of page.events) this.take(event);
    this.#since = String(page.next_since);
    return page.events.length === 100;
  }
}
