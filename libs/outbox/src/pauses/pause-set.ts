import { eventPatternsToRegex, matchesEventPattern } from '#zakops/contracts';
import type { PublishedEvent } from '../log/event-log.js';
import { streamOf } from '../tickets/ticket.js';
import type { PauseTarget } from './pause.js';

/** A pause that is in force, as the worker needs it. */
export interface PauseInForce {
  readonly target: PauseTarget;
  /** The hash of the aggregate; int8 as text. Null for the other scopes. */
  readonly stream: string | null;
}

/** The pauses that are in force, in memory: what stops a consumer, and which events are held. */
export class PauseSet {
  /** No pause at all. */
  static readonly NONE = new PauseSet([]);

  /** Regular expressions of the event types that are paused, for PostgreSQL. */
  readonly patterns: readonly string[];
  /** Hashes of the aggregates that are paused; int8 as text. */
  readonly streams: readonly string[];
  readonly #stopsAll: boolean;
  readonly #consumers: ReadonlySet<string>;
  readonly #eventTypes: readonly string[];
  readonly #aggregates: ReadonlySet<string>;

  constructor(pauses: readonly PauseInForce[]) {
    const targets = pauses.map(({ target }) => target);
    this.#stopsAll = targets.some(({ scope }) => scope === 'all');
    this.#consumers = new Set(targets.flatMap((target) => (target.scope === 'consumer' ? [target.consumer] : [])));
    this.#eventTypes = targets.flatMap((target) => (target.scope === 'event_type' ? [target.eventType] : []));
    this.#aggregates = new Set(targets.flatMap((target) => (target.scope === 'aggregate' ? [streamOf(target)] : [])));
    this.patterns = this.#eventTypes.map((pattern) => eventPatternsToRegex([pattern]));
    this.streams = pauses.flatMap(({ stream }) => stream ?? []);
  }

  /** True when the consumer gets nothing at all. */
  stops(consumer: string): boolean {
    return this.#stopsAll || this.#consumers.has(consumer);
  }

  /** True when some events are held while others go on. */
  get holdsSome(): boolean {
    return this.#eventTypes.length + this.#aggregates.size > 0;
  }

  /** True when the event is held: by its type, or by its aggregate. */
  holds(event: Pick<PublishedEvent, 'type' | 'aggregateType' | 'aggregateId'>): boolean {
    if (!this.holdsSome) return false;
    return this.#aggregates.has(streamOf(event)) || this.#eventTypes.some((pattern) => matchesEventPattern(pattern, event.type));
  }
}
