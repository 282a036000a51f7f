import { SseClient, waitFor } from '#zakops/testing';
import type { SseFrame } from '#zakops/testing';
import { setTimeout as sleep } from 'node:timers/promises';

const DEFAULT_RETRY_MS = 3_000;

/** A browser: reconnects when its stream ends, after the given retry time, with the last id that it got. */
export class ResumingStream {
  /** Positions of all events, in the order in which they came. */
  readonly positions: number[] = [];
  /** Which deals they are about. */
  readonly subjects = new Set<string>();
  /** Everything that went wrong: answers other than 200, connections that failed, streams that lost their place. */
  readonly problems: string[] = [];
  /** How often it was opened. */
  opened = 0;
  #client: SseClient | undefined;
  #closed = false;
  #lastEventId: string | undefined;
  #work: Promise<void> | undefined;

  private constructor(private readonly url: string) {}

  /** Opens it, and resolves when the first frame has come. */
  static async open(url: string): Promise<ResumingStream> {
    const stream = new ResumingStream(url);
    stream.#work = stream.run();
    await waitFor('the stream to begin', () => stream.#lastEventId !== undefined);
    return stream;
  }

  /** How many comments have come over the present connection. */
  get heartbeats(): number {
    return this.#client?.comments.length ?? 0;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#client?.close();
    await this.#work;
  }

  private async run(): Promise<void> {
    for (;;) {
      const retryMs = await this.readOnce();

      if (this.#closed) return;
      await sleep(retryMs);
    }
  }

  /** Reads one connection to its end, and gives the time to wait before the next. */
  private async readOnce(): Promise<number> {
    let client: SseClient;
    try {
      client = await SseClient.open(this.url, { lastEventId: this.#lastEventId });
    } catch (error) {
      this.problems.push(`not opened: ${String(error)}`);
      return DEFAULT_RETRY_MS;
    }
    this.#client = client;
    this.opened += 1;
    if (client.status !== 200) this.problems.push(`answered ${String(client.status)}`);
    let seen = 0;
    let retryMs = DEFAULT_RETRY_MS;
    while (!client.isEnded || seen < client.frames.length) {
      for (const frame of client.frames.slice(seen)) retryMs = this.take(frame) ?? retryMs;
      seen = client.frames.length;
      this.#lastEventId = client.lastEventId ?? this.#lastEventId;
      await sleep(20);
    }
    return retryMs;
  }

  /** @returns the time to wait before the next connection, if the frame tells one */
  private take({ event, data, retry }: SseFrame): number | undefined {
    if (event === 'reset') this.problems.push(`lost its place: ${String(data)}`);
    else if (event !== undefined && data !== undefined && !['live', 'replayed', 'bye'].includes(event)) {
      const { sequence, subject } = JSON.parse(data) as { sequence: string; subject: string };
      this.positions.push(Number(sequence));
      this.subjects.add(subject);
    }
    return retry === undefined ? undefined : Number(retry);
  }
}
