import type { LogHead, PublishedEvent } from '#zakops/outbox';
import { tracing } from '#zakops/tracing';
import { Injectable } from '@nestjs/common';
import { SseConfig } from '../sse.config.js';
import type { EventStream } from '../streams/event-stream.js';
import { encodeEvent, encodeMark, HEARTBEAT_LINE } from '../wire/frames.js';
import type { Channel } from './channel.js';
import { ChannelIndex } from './channel-index.js';
import { traceFanOut } from './fan-out-span.js';

/** Writes new events to the live streams: each event is encoded once, and all streams with the same filter get the same bytes. */
@Injectable()
export class FanOut {
  readonly #live = new ChannelIndex();
  readonly #markEvery: number;
  #markedPosition = 0;

  constructor({ replayMaxEvents }: SseConfig) {
    this.#markEvery = Math.max(1, Math.floor(replayMaxEvents / 4));
  }

  /** Adds a stream that has seen everything up to `position`. */
  join(stream: EventStream, position: number): void {
    this.#live.join(stream, position);
  }

  /** Removes a stream; one that never joined is fine. */
  leave(stream: EventStream): void {
    this.#live.leave(stream);
  }

  /**
   * Writes events to every stream that wants them.
   *
   * @param head - the place after the last of them
   * @returns how many events were written, counted per stream
   */
  deliver(events: readonly PublishedEvent[], head: LogHead): number {
    if (this.#live.isEmpty) return 0;
    const startedAt = tracing.on ? new Date() : undefined;
    const lastPositions = new Map<Channel, number>();
    for (const event of events) {
      const channels = this.#live.matching(event);
      if (channels.length === 0) continue;
      const frame = encodeEvent(head.epoch, event);
      for (const channel of channels) {
        channel.add(frame);
        lastPositions.set(channel, event.position);
      }
    }
    let frames = 0;
    for (const [channel, position] of lastPositions) frames += channel.flush(position);
    if (startedAt !== undefined && tracing.on) traceFanOut(events, startedAt, frames);
    this.markQuietChannels(head);
    return frames;
  }

  /** Writes a heartbeat to every stream, with a mark where the last id is behind the head. */
  beat(head: LogHead): void {
    const withMark = Buffer.concat([HEARTBEAT_LINE, encodeMark(head)]);
    for (const channel of this.#live.all()) {
      channel.mark(channel.markedPosition < head.position ? withMark : HEARTBEAT_LINE, head.position);
    }
  }

  /** A client whose filter matches little would keep an old id, and could not resume although it missed nothing. */
  private markQuietChannels(head: LogHead): void {
    if (head.position - this.#markedPosition < this.#markEvery) return;
    this.#markedPosition = head.position;
    const mark = encodeMark(head);
    for (const channel of this.#live.all()) if (channel.markedPosition < head.position) channel.mark(mark, head.position);
  }
}
