import type { StoredEvent } from '#zakops/contracts';
import { EventLog } from '#zakops/outbox';
import type { LogHead } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { ResetReason } from '../wire/reset-reason.js';
import type { GivenPlace, StreamId } from '../wire/stream-id.js';
import type { EventFilter } from './event-filter.js';
import { EventReader } from './event.reader.js';
import type { FoundEvents } from './event.reader.js';
import { CursorOfAnotherLogError } from './events.errors.js';

/** A part of a list, and the place to go on from; null at its end. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly next: StreamId | null;
}

/** What one poll found, oldest first, and what to ask for next. */
export interface PolledEvents {
  readonly events: readonly StoredEvent[];
  readonly nextSince: StreamId;
  /** Why it did not go on from where the client was; events may be missing. */
  readonly reset: ResetReason | null;
}

/** A filter that lets little through must not make one poll walk the whole log. */
const POLL_SCAN = 10_000;

/** The lists of published events that are not streams. All of them answer at most about 4 MiB of payloads. */
@Injectable()
export class EventLists {
  constructor(
    private readonly queries: EventReader,
    private readonly log: EventLog,
  ) {}

  /**
   * @param before - only events before this place; null for the newest
   * @throws CursorOfAnotherLogError
   */
  async recent(filter: EventFilter, before: GivenPlace | null, limit: number): Promise<EventPage> {
    const { epoch } = await this.headFor(before);
    const upTo = before === null ? Number.MAX_SAFE_INTEGER : before.position - 1;
    return toPage(epoch, await this.queries.newest({ after: 0, upTo }, filter, limit));
  }

  /**
   * @param after - only events after this place; null for the beginning
   * @throws CursorOfAnotherLogError
   */
  async skipping(filter: EventFilter, after: GivenPlace | null, limit: number, offset: number): Promise<EventPage> {
    const { epoch } = await this.headFor(after);
    return toPage(epoch, await this.queries.skipping(filter, after?.position ?? 0, limit, offset));
  }

  /**
   * Answers what a stream with the same filter would have shown after `since`.
   *
   * @remarks One poll looks through at most 10,000 positions, so it may find fewer than `limit` events, or none, while there are more:
   * a client that goes on from `nextSince` misses nothing. Where a stream says `reset`, a poll does too, and begins like a first one.
   * @param since - undefined for a first poll: the newest events, and the end of the log
   */
  async poll(filter: EventFilter, since: GivenPlace | undefined, limit: number): Promise<PolledEvents> {
    // Read first: everything up to the head is visible to the query that follows.
    const head = await this.log.head();
    const reset = since === undefined ? null : await this.whyReset(since, head);
    if (since === undefined || reset !== null) {
      const range = { after: Math.max(0, head.position - POLL_SCAN), upTo: head.position };
      const { events } = await this.queries.newest(range, filter, limit);
      return { events: events.toReversed(), nextSince: head, reset };
    }
    const upTo = Math.min(head.position, since.position + POLL_SCAN);
    const { events, more } =
      upTo === since.position ? { events: [], more: false } : await this.queries.oldest({ after: since.position, upTo }, filter, limit);
    const last = more ? events.at(-1)?.position : undefined;
    return { events, nextSince: { epoch: head.epoch, position: last ?? upTo }, reset };
  }

  private async whyReset(since: GivenPlace, head: LogHead): Promise<ResetReason | null> {
    if (since.epoch !== undefined && since.epoch !== head.epoch) return 'epoch_changed';
    if (since.position > head.position) return 'unknown_id';
    if (since.position === head.position || (await this.queries.has(since.position + 1))) return null;
    return 'too_old';
  }

  private async headFor(place: GivenPlace | null): Promise<LogHead> {
    const head = await this.log.head();
    if (place?.epoch !== undefined && place.epoch !== head.epoch) throw new CursorOfAnotherLogError();
    return head;
  }
}

function toPage(epoch: string, { events, more }: FoundEvents): EventPage {
  const position = more ? events.at(-1)?.position : undefined;
  return { events, next: typeof position === 'number' ? { epoch, position } : null };
}
