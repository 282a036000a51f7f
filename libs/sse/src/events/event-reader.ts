import type { StoredEvent } from '#zakops/contracts';
import { EventLog } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { EventFilter } from './event-filter.js';
import { EventQueries } from './event-queries.js';

/** A part of a list, and the position to go on from; null at its end. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly next: number | null;
}

/** What one poll found, oldest first, and what to ask for next. */
export interface PolledEvents {
  readonly events: readonly StoredEvent[];
  readonly nextSince: number;
}

/** A filter that lets little through must not make one poll walk the whole log. */
const POLL_SCAN = 10_000;

/** The lists of published events that are not streams. */
@Injectable()
export class EventReader {
  constructor(
    private readonly queries: EventQueries,
    private readonly log: EventLog,
  ) {}

  /** @param before - only events before this position; null for the newest */
  async recent(filter: EventFilter, before: number | null, limit: number): Promise<EventPage> {
    const upTo = before === null ? Number.MAX_SAFE_INTEGER : before - 1;
    return toPage(await this.queries.newest({ after: 0, upTo }, filter, limit + 1), limit);
  }

  /** @param after - only events after this position; 0 for the beginning */
  async skipping(filter: EventFilter, after: number, limit: number, offset: number): Promise<EventPage> {
    return toPage(await this.queries.skipping(filter, after, limit + 1, offset), limit);
  }

  /**
   * Answers what a stream with the same filter would have shown after `since`.
   *
   * @remarks One poll looks through at most 10,000 positions, so it may find fewer than `limit` events, or none, while there are more:
   * whoever goes on from `nextSince` misses nothing. A `since` beyond the end, left over from another log, gives the end.
   * @param since - undefined for a first poll: the newest events, and the end of the log
   */
  async poll(filter: EventFilter, since: number | undefined, limit: number): Promise<PolledEvents> {
    // Read first: everything up to the head is visible to the query that follows.
    const { position: head } = await this.log.head();
    if (since === undefined) {
      const newest = await this.queries.newest({ after: Math.max(0, head - POLL_SCAN), upTo: head }, filter, limit);
      return { events: newest.toReversed(), nextSince: head };
    }
    const upTo = Math.min(head, since + POLL_SCAN);
    if (upTo <= since) return { events: [], nextSince: head };
    const events = await this.queries.oldest({ after: since, upTo }, filter, limit);
    const last = events.length < limit ? null : (events.at(-1)?.position ?? null);
    return { events, nextSince: last ?? upTo };
  }
}

function toPage(events: readonly StoredEvent[], limit: number): EventPage {
  const page = events.slice(0, limit);
  return { events: page, next: events.length > limit ? (page.at(-1)?.position ?? null) : null };
}
