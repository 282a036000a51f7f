import { EventLog } from '#zakops/outbox';
import type { PublishedEvent } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { encodeEvent } from '../wire/frames.js';

/** One event of a page, encoded once for all streams that replay it. */
export interface LogPageEntry {
  readonly event: PublishedEvent;
  readonly frame: Buffer;
}

const READS_AT_ONCE = 4;

/**
 * The most payload of one page, about that of 100 usual events. It is small because every replaying stream keeps in memory what its client
 * has not taken.
 */
const PAGE_MAX_BYTES = 64 * 1_024;

/**
 * Reads pages of the log for streams that catch up.
 *
 * @remarks When a process starts again all its clients come back at once, most of them from the same place: equal reads are done
 * once, and different ones a few at a time, so that they leave connections to the others.
 */
@Injectable()
export class LogPages {
  readonly #reads = new Map<string, Promise<readonly LogPageEntry[]>>();
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(private readonly log: EventLog) {}

  /** Reads at most `limit` events after a position, in order and of bounded bytes; at least one when there is one. */
  read(epoch: string, afterPosition: number, limit: number): Promise<readonly LogPageEntry[]> {
    const key = `${epoch}/${String(afterPosition)}/${String(limit)}`;
    let read = this.#reads.get(key);
    if (read === undefined) {
      read = this.readInTurn(epoch, afterPosition, limit).finally(() => this.#reads.delete(key));
      this.#reads.set(key, read);
    }
    return read;
  }

  private async readInTurn(epoch: string, afterPosition: number, limit: number): Promise<readonly LogPageEntry[]> {
    if (this.#running < READS_AT_ONCE) this.#running += 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    try {
      const events = await this.log.read(afterPosition, { maxEvents: limit, maxBytes: PAGE_MAX_BYTES });
      return events.map((event) => ({ event, frame: encodeEvent(epoch, event) }));
    } finally {
      const next = this.#queue.shift();
      // The turn passes to the next in the queue directly, so that no other read can take it.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
