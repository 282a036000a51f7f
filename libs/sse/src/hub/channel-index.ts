import type { StoredEvent } from '#zakops/contracts';
import { dealIdOf } from '../events/event-filter.js';
import type { EventFilter } from '../events/event-filter.js';
import { Channel } from './channel.js';
import type { EventStream } from './event-stream.js';

/**
 * Finds the channels that an event may concern without looking at the others: a thousand streams that each watch one deal cost an
 * event of another deal two look-ups.
 */
export class ChannelIndex {
  readonly #byFilter = new Map<string, Channel>();
  readonly #byDeal = new Map<string, Set<Channel>>();
  readonly #byCorrelation = new Map<string, Set<Channel>>();
  readonly #others = new Set<Channel>();

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
      this.shelf(filter, true)?.add(channel);
    }
    channel.streams.add(stream);
  }

  /** Takes a stream out; one that never joined is fine. */
  leave(stream: EventStream): void {
    const { filter } = stream;
    const channel = this.#byFilter.get(filter.key);
    if (channel === undefined) return;
    channel.streams.delete(stream);
    if (channel.streams.size > 0) return;
    this.#byFilter.delete(filter.key);
    const shelf = this.shelf(filter, false);
    shelf?.delete(channel);
    if (shelf?.size !== 0) return;
    if (filter.dealId !== undefined) this.#byDeal.delete(filter.dealId);
    else if (filter.correlationId !== undefined) this.#byCorrelation.delete(filter.correlationId);
  }

  /** The channels whose filter lets the event through. */
  matching(event: StoredEvent): readonly Channel[] {
    const dealId = dealIdOf(event);
    const found: Channel[] = [];
    const shelves = [
      this.#others,
      dealId === undefined ? undefined : this.#byDeal.get(dealId),
      this.#byCorrelation.get(event.correlationId),
    ];
    for (const shelf of shelves) for (const channel of shelf ?? []) if (channel.filter.matches(event)) found.push(channel);
    return found;
  }

  private shelf(filter: EventFilter, make: boolean): Set<Channel> | undefined {
    if (filter.dealId !== undefined) return shelfOf(this.#byDeal, filter.dealId, make);
    if (filter.correlationId !== undefined) return shelfOf(this.#byCorrelation, filter.correlationId, make);
    return this.#others;
  }
}

function shelfOf(shelves: Map<string, Set<Channel>>, key: string, make: boolean): Set<Channel> | undefined {
  let shelf = shelves.get(key);
  if (shelf === undefined && make) {
    shelf = new Set();
    shelves.set(key, shelf);
  }
  return shelf;
}
