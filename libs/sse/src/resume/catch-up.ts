import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStream } from '../streams/event-stream.js';
import { LogTail } from '../log/log-tail.js';
import { encodeControl, encodeMark, joinFrames } from '../wire/frames.js';
import type { StreamId } from '../wire/stream-id.js';
import { LogPages } from '../log/log-pages.js';
import type { LogPageEntry } from '../log/log-pages.js';

const PAGE = 100;
const RETRY_MS = 1_000;

/** How the hub learns about a replay. */
export interface CatchUpProgress {
  /** This many events were written. */
  onFrames(frames: number): void;
  /** The stream stands exactly where the hub stands; in this step it must go live, so that nothing is missing and nothing comes twice. */
  onCaughtUp(): void;
}

/** The part of a page that a stream has got. */
interface WrittenPage {
  /** Of the last event of the page. */
  readonly position: number;
  /** How many events the stream wanted. */
  readonly frames: number;
  /** Of the last event that was written; undefined when the stream wanted none. */
  readonly toldPosition: number | undefined;
}

/** Replays the log to one stream, page by page and no faster than its client reads, until it has caught up with the hub. */
@Injectable()
export class CatchUp {
  readonly #logger = new Logger(CatchUp.name);

  constructor(
    private readonly tail: LogTail,
    private readonly pages: LogPages,
  ) {}

  /**
   * Replays everything after `from`.
   *
   * @returns after `onCaughtUp`, or when the stream ended before that
   */
  async run(stream: EventStream, from: StreamId, progress: CatchUpProgress): Promise<void> {
    let position = from.position;
    let toldPosition = position;
    while (stream.isOpen) {
      const head = this.tail.head;
      // The hub closes all streams of a log that is gone.
      if (head === undefined || head.epoch !== from.epoch) return;
      if (position === head.position) {
        if (toldPosition < position) stream.write(encodeMark({ epoch: from.epoch, position }));
        progress.onCaughtUp();
        return;
      }
      if (position > head.position) {
        // Another replica was ahead of this one; its hint is on the way.
        await this.tail.moved();
        continue;
      }
      // Never past the hub: what comes after is the hub's to deliver.
      const written = await this.writePage(stream, { epoch: from.epoch, position }, Math.min(PAGE, head.position - position));
      if (written === undefined) continue;
      if (written === 'gone') {
        // Retention has removed positions meanwhile. A gap must not be silent: the stream says so and goes on from the end.
        const end = this.tail.head ?? head;
        stream.write(encodeControl('reset', { status: 'reset', reason: 'too_old', position: end.position }, end));
        position = end.position;
        toldPosition = position;
        continue;
      }
      progress.onFrames(written.frames);
      position = written.position;
      toldPosition = written.toldPosition ?? toldPosition;
      await stream.drained();
    }
  }

  /**
   * Writes what a stream wants of the next page. Nothing of the page is kept while the client takes it: a thousand slow clients hold no
   * more than what waits in their connections.
   *
   * @returns `gone` when a position of the page is not in the log, undefined when the log could not be read
   */
  private async writePage(stream: EventStream, { epoch, position }: StreamId, limit: number): Promise<WrittenPage | 'gone' | undefined> {
    const page = await this.read(epoch, position, limit);
    if (page === undefined) return undefined;
    const last = page.at(-1)?.event.position;
    if (last === undefined || last !== position + page.length) return 'gone';
    const wanted = page.filter(({ event }) => stream.filter.matches(event));
    stream.write(...joinFrames(wanted.map(({ frame }) => frame)));
    return { position: last, frames: wanted.length, toldPosition: wanted.at(-1)?.event.position };
  }

  private async read(epoch: string, position: number, limit: number): Promise<readonly LogPageEntry[] | undefined> {
    try {
      return await this.pages.read(epoch, position, limit);
    } catch (error) {
      this.#logger.debug({ err: error }, 'A replay waits for the database.');
      await sleep(RETRY_MS, undefined, { ref: false });
      return undefined;
    }
  }
}
