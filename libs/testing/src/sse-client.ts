import { Agent, get } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { waitFor } from './wait-for.js';

/** One block of a stream, up to its blank line; or one comment, which no blank line need follow. */
export interface SseFrame {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string | undefined;
  readonly retry: string | undefined;
  readonly comment: string | undefined;
}

/** How a stream is opened. */
export interface SseClientOptions {
  readonly lastEventId?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends it at any time, also before the head of the answer has come. */
  readonly signal?: AbortSignal;
}

const CONTROL = new Set(['live', 'replayed', 'reset', 'bye', 'mark']);

/** A client of event streams that keeps every block it gets, with its place, and may stop reading. */
export class SseClient {
  readonly frames: SseFrame[] = [];
  /** Of an answer other than 200. */
  body = '';
  /** True when the server ended it or the connection broke. */
  isEnded = false;
  #lastEventId: string | undefined;
  #unfinished = '';
  readonly #block: string[] = [];

  private constructor(
    private readonly request: ClientRequest,
    private readonly response: IncomingMessage,
    lastEventId: string | undefined,
  ) {
    this.#lastEventId = lastEventId;
    const decoder = new StringDecoder('utf8');
    response.on('data', (chunk: Buffer) => {
      this.read(decoder.write(chunk));
    });
    const ended = (): void => {
      this.isEnded = true;
    };
    response.on('end', ended).on('close', ended).on('error', ended);
  }

  /** Resolves when the head of the answer has come, whatever its status. */
  static open(url: string, { lastEventId, headers = {}, signal }: SseClientOptions = {}): Promise<SseClient> {
    return new Promise((resolve, reject) => {
      const request = get(
        url,
        {
          agent: new Agent({ keepAlive: false }),
          signal,
          headers: { accept: 'text/event-stream', ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }), ...headers },
        },
        (response) => {
          resolve(new SseClient(request, response, lastEventId));
        },
      );
      request.on('error', reject);
    });
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  get headers(): IncomingHttpHeaders {
    return this.response.headers;
  }

  /** What the client would resume from: moved by every `id:`, as the standard says. */
  get lastEventId(): string | undefined {
    return this.#lastEventId;
  }

  /** Blocks with data that are events of the catalogue, in order. */
  get events(): readonly SseFrame[] {
    return this.frames.filter((frame) => frame.data !== undefined && !CONTROL.has(frame.event ?? ''));
  }

  /** The positions of {@link events}. */
  get positions(): readonly number[] {
    return this.events.map((frame) => Number((JSON.parse(frame.data ?? '') as { sequence: string }).sequence));
  }

  get comments(): readonly string[] {
    return this.frames.flatMap((frame) => frame.comment ?? []);
  }

  /** Waits for a block with this `event:`, also one that came before. */
  waitForFrame(event: string, limitMs?: number): Promise<SseFrame> {
    return waitFor(`a frame "${event}"`, () => this.frames.find((frame) => frame.event === event), limitMs);
  }

  /** Waits until so many events have come in all. */
  async waitForEvents(count: number, limitMs?: number): Promise<readonly SseFrame[]> {
    await waitFor(`${String(count)} events`, () => this.events.length >= count, limitMs);
    return this.events;
  }

  /** Waits until the server has ended the stream. */
  async waitForEnd(limitMs?: number): Promise<void> {
    await waitFor('the end of the stream', () => this.isEnded, limitMs);
  }

  /** Reads no more; what the server sends piles up. */
  pause(): void {
    this.response.pause();
  }

  /** Reads on. */
  resume(): void {
    this.response.resume();
  }

  /** Breaks the connection off, as a vanished client would. */
  close(): void {
    this.request.destroy();
  }

  private read(text: string): void {
    if (this.status !== 200) {
      this.body += text;
      return;
    }
    const lines = (this.#unfinished + text).split('\n');
    this.#unfinished = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith(':')) this.frames.push(parseBlock(line));
      else if (line !== '') this.#block.push(line);
      // Also a block without any field: our streams have none, and tests are to see it.
      else this.take(parseBlock(this.#block.splice(0).join('\n')));
    }
  }

  private take(frame: SseFrame): void {
    if (frame.id !== undefined) this.#lastEventId = frame.id;
    this.frames.push(frame);
  }
}

function parseBlock(block: string): SseFrame {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const name = colon === 0 ? 'comment' : line.slice(0, colon);
    fields.set(name, line.slice(colon + 1).replace(/^ /, ''));
  }
  return {
    id: fields.get('id'),
    event: fields.get('event'),
    data: fields.get('data'),
    retry: fields.get('retry'),
    comment: fields.get('comment'),
  };
}
