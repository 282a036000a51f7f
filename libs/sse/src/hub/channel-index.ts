import type { StoredEvent } from '#zakops/contracts';
import { aggregateIdIn } from '../events/event-filter.js';
import type { EventFilter } from '../events/event-filter.js';
import type { EventStream } from '../streams/event-stream.js';
import { Channel } from './channel.js';

const EVERY_EVENT = 'every event';

/**
 * Finds the channels that an event may concern without looking at the others: with a thousand streams that each watch one deal, an event of
 * another deal costs three look-ups.
 */
export class ChannelIndex {
  readonly #byFilter = new Map<string, Channel>();
  /** Each channel lies on one shelf: that of its aggregate, else of its correlation, else of every event. */
  readonly #shelves = new Map<string, Set<Channel>>();
  /** Types of aggregates that filters have named. The code gives them, not the clients, so they are few and stay. */
  readonly #aggregateTypes = new Set<string>();

  get isEmpty(): boolean {
    return this.#byFilter.size === 0;
  }

  all(): Iterable<Channel> {
    return this.#byFilter.values();
  }

  /** Adds a stream that has seen everything up to `position`. */
  join(stream: EventStream, position: number): void {
    const { filter } = stream;
    let channel = this.#byFilter.get(filter.key);
    if (channel === undefined) {
      channel = new Channel(filter, position);
      this.#byFilter.set(filter.key, channel);
      this.shelve(channel);
    }
    channel.streams.add(stream);
  }

  /** Removes a stream; one that never joined is fine. */
  leave(stream: EventStream): void {
    const channel = this.#byFilter.get(stream.filter.key);
    if (channel === undefined) return;
    channel.streams.delete(stream);
    if (channel.streams.size > 0) return;
    this.#byFilter.delete(stream.filter.key);
    const key = shelfOf(channel.filter);
    const shelf = this.#shelves.get(key);
    shelf?.delete(channel);
    if (shelf?.size === 0) this.#shelves.delete(key);
  }

  /** The channels whose filter lets the event through. */
  matching(event: StoredEvent): readonly Channel[] {
    const shelves = [EVERY_EVENT, correlationShelf(event.correlationId)];
    for (const type of this.#aggregateTypes) shelves.push(aggregateShelf(type, aggregateIdIn(event, type)));
    const candidates = shelves.flatMap((key) => [...(this.#shelves.get(key) ?? [])]);
    return candidates.filter(({ filter }) => filter.matches(event));
  }

  private shelve(channel: Channel): void {
    const { aggregate } = channel.filter;
    if (aggregate !== undefined) this.#aggregateTypes.add(aggregate.type);
    const key = shelfOf(channel.filter);
    const shelf = this.#shelves.get(key);
    if (shelf === undefined) this.#shelves.set(key, new Set([channel]));
    else shelf.add(channel);
  }
}

function shelfOf({ aggregate, correlationId }: EventFilter): string {
  if (aggregate !== undefined) return aggregateShelf(aggregate.type, aggregate.id);
  return correlationId === undefined ? EVERY_EVENT : correlationShelf(correlationId);
}

function aggregateShelf(type: string, id: string | undefined): string {
  return `aggregate ${type} ${id ?? ''}`;
}

function correlationShelf(correlationId: string): string {
  return `correlation ${correlationId}`;
}
