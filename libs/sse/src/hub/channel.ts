import type { EventFilter } from '../events/event-filter.js';
import { joinFrames } from '../wire/frames.js';
import type { EventStream } from '../streams/event-stream.js';

/** All live streams with one filter: what they get is put together once and written to each. */
export class Channel {
  readonly streams = new Set<EventStream>();
  #frames: Buffer[] = [];
  /** Every stream here has been given an id of at least this position. */
  #markedPosition: number;

  constructor(
    readonly filter: EventFilter,
    position: number,
  ) {
    this.#markedPosition = position;
  }

  get markedPosition(): number {
    return this.#markedPosition;
  }

  /** Adds one encoded event to what the next {@link flush} writes. */
  add(frame: Buffer): void {
    this.#frames.push(frame);
  }

  /**
   * Writes what was added, in one write per stream.
   *
   * @param position - of the last event added
   * @returns how many events were written, counted per stream
   */
  flush(position: number): number {
    const frames = this.#frames.length;
    if (frames === 0) return 0;
    const buffers = joinFrames(this.#frames);
    this.#frames = [];
    this.#markedPosition = position;
    const delivered = frames * this.streams.size;
    for (const stream of this.streams) stream.deliver(buffers, frames);
    return delivered;
  }

  /** Writes bytes that hold no event, but move every stream's place to `position`. */
  mark(bytes: Buffer, position: number): void {
    this.#markedPosition = position;
    for (const stream of this.streams) stream.deliver([bytes], 0);
  }
}
