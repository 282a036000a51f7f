import type { Principal } from '#zakops/auth';
import type { PublishedEvent } from '#zakops/outbox';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { EventFilter } from '../events/event-filter.js';
import { LogTail } from '../log/log-tail.js';
import type { LogTailListener } from '../log/log-tail.js';
import { CatchUp } from '../resume/catch-up.js';
import { SseConfig } from '../sse.config.js';
import type { EventStream } from '../streams/event-stream.js';
import { StreamRegistry } from '../streams/stream-registry.js';
import { HEARTBEAT_LINE } from '../wire/frames.js';
import type { StreamId } from '../wire/stream-id.js';
import { FanOut } from './fan-out.js';

/**
 * Brings every event of the log to every stream of this process that wants it.
 *
 * @remarks Follows the log once. Streams hold no query and no timer; one interval serves them all. A stream is either live, and then stands
 * exactly where the hub stands, or it catches up by pages until it does.
 */
@Injectable()
export class SseHub implements OnApplicationBootstrap, BeforeApplicationShutdown, LogTailListener {
  readonly #logger = new Logger(SseHub.name);
  readonly #catchingUp = new Set<EventStream>();
  #deliveredFrames = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #starting: Promise<void> | undefined;

  constructor(
    private readonly tail: LogTail,
    private readonly catchUp: CatchUp,
    private readonly streams: StreamRegistry,
    private readonly fanOut: FanOut,
    private readonly config: SseConfig,
  ) {}

  /** Events written since the process began, counted per stream. */
  get deliveredFrames(): number {
    return this.#deliveredFrames;
  }

  onApplicationBootstrap(): void {
    this.#starting = this.tail.start(this);
    this.#heartbeat = setInterval(() => {
      this.beat();
    }, this.config.heartbeatMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.streams.closeAll();
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
    return this.streams.admit(response, filter, principal, (stream) => {
      this.#catchingUp.delete(stream);
      this.fanOut.leave(stream);
    });
  }

  /** Delivers what happens from now on. Only for a stream that stands exactly where the hub stands. */
  goLive(stream: EventStream): void {
    this.#catchingUp.delete(stream);
    const position = this.tail.head?.position;
    if (position !== undefined && stream.isOpen) this.fanOut.join(stream, position);
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
    const { head } = this.tail;
    if (head !== undefined) this.#deliveredFrames += this.fanOut.deliver(events, head);
  }

  onOtherLog(): void {
    this.streams.resetAll();
  }

  private beat(): void {
    this.streams.cutOffStalled();
    for (const stream of this.#catchingUp) stream.write(HEARTBEAT_LINE);
    const { head } = this.tail;
    if (head !== undefined) this.fanOut.beat(head);
  }
}
