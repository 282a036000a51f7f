import type { Principal } from '#zakops/auth';
import { currentCall } from '#zakops/observability';
import { Injectable } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventFilter } from '../events/event-filter.js';
import { SseConfig } from '../sse.config.js';
import { encodeBye } from '../wire/frames.js';
import { CLOSE_CAUSES, EventStream } from './event-stream.js';
import type { CloseCause, StreamKeeper } from './event-stream.js';
import { StreamAdmission, StreamsUnavailableError } from './stream-admission.js';

const MIN_BYE_MS = 1_000;
const MAX_BYE_MS = 5_000;
const CLOSE_WAIT_MS = 2_000;

/** Streams opened and ended since the process began. */
export interface StreamStats {
  readonly opened: number;
  readonly closed: Readonly<Record<CloseCause, number>>;
}

/** The streams of this process, from their admission to the end of their connection. */
@Injectable()
export class StreamRegistry implements StreamKeeper {
  /** Every open stream, and what to call when it ends. */
  readonly #open = new Map<EventStream, () => void>();
  /** Ended, but their last words may still be on their way. */
  readonly #ending = new Set<EventStream>();
  readonly #closed = new Map<CloseCause, number>();
  #opened = 0;
  #closing = false;
  #whenAllClosed: (() => void) | undefined;

  constructor(
    private readonly admission: StreamAdmission,
    private readonly config: SseConfig,
  ) {}

  get stats(): StreamStats {
    const closed = Object.fromEntries(CLOSE_CAUSES.map((cause) => [cause, this.#closed.get(cause) ?? 0]));
    return { opened: this.#opened, closed: closed as Record<CloseCause, number> };
  }

  /** Events that are written and wait for their clients, over all streams. */
  get waitingFrames(): number {
    let sum = 0;
    for (const stream of this.#open.keys()) sum += stream.waitingFrames;
    return sum;
  }

  /** The readers of open streams, each once. */
  get readers(): ReadonlySet<Principal> {
    return new Set([...this.#open.keys()].map(({ principal }) => principal));
  }

  /**
   * Counts a new stream and keeps it until it ends; nothing is written to it yet.
   *
   * @param principal - who reads it
   * @param onEnd - called once, before anything else can be delivered
   * @throws TooManyStreamsError, TooManyStreamsOfUserError, StreamsUnavailableError
   */
  admit(response: ServerResponse, filter: EventFilter, principal: Principal, onEnd: (stream: EventStream) => void): EventStream {
    if (this.#closing) throw new StreamsUnavailableError('This process is stopping; another one will answer.');
    this.admission.take(ownerOf(principal));
    const address = currentCall()?.origin?.address ?? null;
    const stream = new EventStream(response, filter, principal, address, this.config, this);
    this.#open.set(stream, () => {
      onEnd(stream);
    });
    this.#opened += 1;
    return stream;
  }

  /** Ends the streams of principals that may not read on. */
  endStreamsOf(lapsed: ReadonlySet<Principal>): void {
    for (const stream of this.#open.keys()) {
      if (stream.hasBegun && lapsed.has(stream.principal)) stream.end('unauthorized', encodeBye(MIN_BYE_MS, 'unauthorized'));
    }
  }

  /** The newest open streams, the newest first. */
  newest(limit: number): readonly EventStream[] {
    return [...this.#open.keys()]
      .filter(({ hasBegun }) => hasBegun)
      .slice(-limit)
      .reverse();
  }

  /** Ends one stream, when it is one of this process. Its client is asked to reconnect. */
  endOne(id: string): void {
    for (const stream of this.#open.keys()) if (stream.id === id) stream.end('ended', encodeBye(randomByeMs(), 'ended'));
  }

  /** Ends the oldest streams. Their clients are asked to reconnect at different times, so that a balancer spreads them. */
  endOldest(count: number): void {
    const oldest = [...this.#open.keys()].filter(({ hasBegun }) => hasBegun).slice(0, count);
    for (const stream of oldest) stream.end('ended', encodeBye(randomByeMs(), 'ended'));
  }

  /** Ends every stream because another log replaced this one. */
  resetAll(): void {
    for (const stream of this.#open.keys()) if (stream.hasBegun) stream.reset('epoch_changed');
  }

  /** Breaks off the connections of clients that take nothing. */
  cutOffStalled(): void {
    const nowMs = performance.now();
    for (const stream of this.#ending) stream.cutOffIfStalled(nowMs);
    for (const stream of this.#open.keys()) stream.cutOffIfStalled(nowMs);
  }

  /** Admits no more streams, says `bye` to all, and waits up to two seconds until their connections are closed. */
  async closeAll(): Promise<void> {
    this.#closing = true;
    // One long step, in which no new event can come between.
    for (const stream of this.#open.keys()) stream.end('shutdown', encodeBye(randomByeMs()));
    if (this.#ending.size > 0) {
      const allClosed = new Promise<void>((resolve) => {
        this.#whenAllClosed = resolve;
      });
      await Promise.race([allClosed, sleep(CLOSE_WAIT_MS, undefined, { ref: false })]);
    }
    for (const stream of this.#ending) stream.destroy();
  }

  onEnded(stream: EventStream, cause: CloseCause): void {
    this.#open.get(stream)?.();
    this.#open.delete(stream);
    this.#ending.add(stream);
    this.admission.release(ownerOf(stream.principal));
    this.#closed.set(cause, (this.#closed.get(cause) ?? 0) + 1);
  }

  onClosed(stream: EventStream): void {
    this.#ending.delete(stream);
    if (this.#ending.size === 0) this.#whenAllClosed?.();
  }
}

/** The operator whose limit a stream counts for. Without a login all readers are one operator, so their streams count for none. */
function ownerOf({ kind, id }: Principal): string | undefined {
  return kind === 'development' ? undefined : id;
}

function randomByeMs(): number {
  return MIN_BYE_MS + Math.floor(Math.random() * (MAX_BYE_MS - MIN_BYE_MS + 1));
}
