import type { Principal } from '#zakops/auth';
import type { PublishedEvent } from '#zakops/outbox';
import { tracing } from '#zakops/tracing';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventFilter } from '../events/event-filter.js';
import { CatchUp } from '../resume/catch-up.js';
import { SseConfig } from '../sse.config.js';
import { encodeBye, encodeEvent, encodeMark, HEARTBEAT_LINE } from '../wire/frames.js';
import type { StreamId } from '../wire/stream-id.js';
import type { Channel } from './channel.js';
import { ChannelIndex } from './channel-index.js';
import { CLOSE_CAUSES, EventStream } from './event-stream.js';
import type { CloseCause, StreamKeeper } from './event-stream.js';
import { traceFanOut } from './fan-out-span.js';
import { LogTail } from './log-tail.js';
import type { LogTailListener } from './log-tail.js';
import { StreamAdmission, StreamsUnavailableError } from './stream-admission.js';

const MIN_BYE_MS = 1_000;
const MAX_BYE_MS = 5_000;
const CLOSE_WAIT_MS = 2_000;

/** What the hub has done since the process began. */
export interface HubCounts {
  readonly opened: number;
  readonly deliveredFrames: number;
  readonly closed: Readonly<Record<CloseCause, number>>;
}

/**
 * Brings every event of the log to every stream of this process that wants it.
 *
 * @remarks Follows the log once, encodes an event once, and writes the same bytes to all streams with the same filter. Streams hold
 * no query and no timer; one interval serves them all. A stream is either live, and then stands exactly where the hub stands, or it
 * catches up by pages until it does.
 */
@Injectable()
export class SseHub implements OnApplicationBootstrap, BeforeApplicationShutdown, LogTailListener, StreamKeeper {
  readonly #logger = new Logger(SseHub.name);
  readonly #live = new ChannelIndex();
  readonly #open = new Set<EventStream>();
  readonly #catchingUp = new Set<EventStream>();
  /** Ended, with last words that may still be on their way. */
  readonly #ending = new Set<EventStream>();
  readonly #closed = new Map<CloseCause, number>();
  #opened = 0;
  #deliveredFrames = 0;
  #markedPosition = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #starting: Promise<void> | undefined;
  #stopping = false;
  #whenAllClosed: (() => void) | undefined;

  constructor(
    private readonly tail: LogTail,
    private readonly catchUp: CatchUp,
    private readonly admission: StreamAdmission,
    private readonly config: SseConfig,
  ) {}

  get counts(): HubCounts {
    const closed = Object.fromEntries(CLOSE_CAUSES.map((cause) => [cause, this.#closed.get(cause) ?? 0]));
    return { opened: this.#opened, deliveredFrames: this.#deliveredFrames, closed: closed as Record<CloseCause, number> };
  }

  /** Events that are written to live streams and wait for their clients, over all streams. */
  get waitingFrames(): number {
    let sum = 0;
    for (const stream of this.#open) sum += stream.waitingFrames;
    return sum;
  }

  onApplicationBootstrap(): void {
    this.#starting = this.tail.start(this);
    this.#heartbeat = setInterval(() => {
      this.beat();
    }, this.config.heartbeatMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#heartbeat);
    // One long step, in which no new event can come between.
    for (const stream of this.#open) stream.end('shutdown', encodeBye(randomByeMs()));
    if (this.#ending.size > 0) {
      const allClosed = new Promise<void>((resolve) => {
        this.#whenAllClosed = resolve;
      });
      await Promise.race([allClosed, sleep(CLOSE_WAIT_MS, undefined, { ref: false })]);
    }
    for (const stream of this.#ending) stream.destroy();
    await this.tail.stop();
    await this.#starting;
  }

  /**
   * Counts a new stream and keeps it until it ends; nothing is written to it yet.
   *
   * @param principal - who reads it
   * @throws TooManyStreamsError, TooManyStreamsOfUserError, StreamsUnavailableError
   */
  admit(response: ServerResponse, filter: EventFilter, principal: Principal): EventStream {
    if (this.#stopping) throw new StreamsUnavailableError('This process is stopping; another one will answer.');
    this.admission.take(ownerOf(principal));
    const stream = new EventStream(response, filter, principal, this.config, this);
    this.#open.add(stream);
    this.#opened += 1;
    return stream;
  }

  /** Who reads open streams, each once. */
  readers(): ReadonlySet<Principal> {
    const readers = new Set<Principal>();
    for (const { principal } of this.#open) readers.add(principal);
    return readers;
  }

  /** Ends the streams of principals that may not read on. */
  endOf(lapsed: ReadonlySet<Principal>): void {
    for (const stream of this.#open) {
      if (stream.hasBegun && lapsed.has(stream.principal)) stream.end('unauthorized', encodeBye(MIN_BYE_MS, 'unauthorized'));
    }
  }

  /** Delivers what happens from now on. Only for a stream that stands exactly where the hub stands. */
  goLive(stream: EventStream): void {
    this.#catchingUp.delete(stream);
    const position = this.tail.head?.position;
    if (position !== undefined && stream.isOpen) this.#live.join(stream, position);
  }

  /** Delivers everything after `from`: first from the log, then as it happens. */
  replay(stream: EventStream, from: StreamId): void {
    this.#catchingUp.add(stream);
    const progress = {
      onFrames: (frames: number) => {
        this.#deliveredFrames += frames;
      },
      onCaughtUp: () => {
        this.goLive(stream);
      },
    };
    this.catchUp.run(stream, from, progress).catch((error: unknown) => {
      this.#logger.error({ err: error }, 'A replay failed.');
      stream.destroy();
    });
  }

  onEvents(events: readonly PublishedEvent[]): void {
    const head = this.tail.head;
    if (head === undefined || this.#live.isEmpty) return;
    const startedAt = tracing.on ? new Date() : undefined;
    const framesBefore = this.#deliveredFrames;
    const touched = new Map<Channel, number>();
    for (const event of events) {
      const channels = this.#live.matching(event);
      if (channels.length === 0) continue;
      const frame = encodeEvent(head.epoch, event);
      for (const channel of channels) {
        channel.add(frame);
        touched.set(channel, event.position);
      }
    }
    for (const [channel, position] of touched) this.#deliveredFrames += channel.flush(position);
    if (startedAt !== undefined && tracing.on) traceFanOut(events, startedAt, this.#deliveredFrames - framesBefore);
    this.markQuietChannels(head);
  }

  onOtherLog(): void {
    for (const stream of this.#open) if (stream.hasBegun) stream.reset('epoch_changed');
  }

  onEnded(stream: EventStream, cause: CloseCause): void {
    this.#open.delete(stream);
    this.#ending.add(stream);
    this.#catchingUp.delete(stream);
    this.#live.leave(stream);
    this.admission.release(ownerOf(stream.principal));
    this.#closed.set(cause, (this.#closed.get(cause) ?? 0) + 1);
  }

  onClosed(stream: EventStream): void {
    this.#ending.delete(stream);
    if (this.#ending.size === 0) this.#whenAllClosed?.();
  }

  /** Lets no filter keep a client's last id so far behind that it could not resume, although it missed nothing. */
  private markQuietChannels(head: StreamId): void {
    const every = Math.max(1, Math.floor(this.config.replayMaxEvents / 4));
    if (head.position - this.#markedPosition < every) return;
    this.#markedPosition = head.position;
    const mark = encodeMark(head);
    for (const channel of this.#live.all()) if (channel.markedPosition < head.position) channel.mark(mark, head.position);
  }

  private beat(): void {
    const nowMs = performance.now();
    for (const stream of this.#ending) stream.cutOffIfStalled(nowMs);
    for (const stream of this.#open) stream.cutOffIfStalled(nowMs);
    for (const stream of this.#catchingUp) stream.write(HEARTBEAT_LINE);
    const head = this.tail.head;
    if (head !== undefined) {
      const withMark = Buffer.concat([HEARTBEAT_LINE, encodeMark(head)]);
      for (const channel of this.#live.all()) {
        channel.mark(channel.markedPosition < head.position ? withMark : HEARTBEAT_LINE, head.position);
      }
    }
  }
}

/** Whose limit a stream counts for. Nobody's while nobody has to log in: everybody is the same operator then, and would share one limit. */
function ownerOf({ kind, id }: Principal): string | undefined {
  return kind === 'development' ? undefined : id;
}

function randomByeMs(): number {
  return MIN_BYE_MS + Math.floor(Math.random() * (MAX_BYE_MS - MIN_BYE_MS + 1));
}
