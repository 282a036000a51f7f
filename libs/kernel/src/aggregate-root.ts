import type { DomainEvent } from './domain-event.js';
import { uuidV7 } from './uuid-v7.js';

/**
 * Base of all aggregates: counts versions and keeps the events that its verbs recorded until they are pulled.
 *
 * @remarks The version is the sequence number of the last event, so that a row and its events cannot drift apart.
 */
export abstract class AggregateRoot<E extends DomainEvent = DomainEvent> {
  readonly #recorded: E[] = [];
  #version: number;

  protected constructor(version: number) {
    this.#version = version;
  }

  /** The number of events this aggregate has recorded in its life; 0 before the first. */
  get version(): number {
    return this.#version;
  }

  /** True while there are events that were not pulled. */
  get changed(): boolean {
    return this.#recorded.length > 0;
  }

  /** Hands over the recorded events in order, once. */
  pullEvents(): readonly E[] {
    return this.#recorded.splice(0);
  }

  /** Records what `make` builds for the next sequence number. */
  protected record(make: (id: string, aggregateSeq: number) => E): void {
    this.#version += 1;
    this.#recorded.push(make(uuidV7(), this.#version));
  }
}
