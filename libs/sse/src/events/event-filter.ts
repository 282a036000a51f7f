import { eventPatternsToRegex, matchesEventPattern } from '#zakops/contracts';
import type { StoredEvent } from '#zakops/contracts';
import type { EventVisibility } from './event-visibility.js';

/** Names one aggregate. */
export interface AggregateReference {
  /** For example `deal`. */
  readonly type: string;
  readonly id: string;
}

/** What a reader asks for, and what it may see; every given part must match. */
export interface EventFilterParts {
  readonly visibility: EventVisibility;
  readonly correlationId?: string | undefined;
  /** Only events about this aggregate: its own, and those whose payload names it as `<type>_id`. */
  readonly aggregate?: AggregateReference | undefined;
  /** Types and families (`deal.*`); an event needs to match one of them. Empty means every type. */
  readonly types?: readonly string[] | undefined;
}

/** Conditions and their parameters for a query over `zakops.events e`. */
export interface FilterSql {
  /** Begins with ` AND `, or empty. */
  readonly conditions: string;
  readonly parameters: readonly unknown[];
}

/** Which events a stream or a poll gets: one rule, for events in memory and for SQL. */
export class EventFilter {
  readonly visibility: EventVisibility;
  readonly correlationId: string | undefined;
  readonly aggregate: AggregateReference | undefined;
  readonly types: readonly string[];
  /** The same text for filters that let the same events through. */
  readonly key: string;

  constructor({ visibility, correlationId, aggregate, types = [] }: EventFilterParts) {
    this.visibility = visibility;
    this.correlationId = correlationId;
    this.aggregate = aggregate;
    this.types = types.includes('*') ? [] : [...new Set(types)].sort();
    // Cursors of clients hold it.
    this.key = JSON.stringify([
      correlationId ?? null,
      aggregate === undefined ? null : [aggregate.type, aggregate.id],
      this.types,
      visibility.key,
    ]);
  }

  matches(event: StoredEvent): boolean {
    if (this.correlationId !== undefined && event.correlationId !== this.correlationId) return false;
    if (this.aggregate !== undefined && aggregateIdIn(event, this.aggregate.type) !== this.aggregate.id) return false;
    if (!this.visibility.shows(event.type)) return false;
    return this.types.length === 0 || this.types.some((pattern) => matchesEventPattern(pattern, event.type));
  }

  /** @param first - number of the first free parameter of the query */
  toSql(first: number): FilterSql {
    const parameters: unknown[] = [];
    const next = (value: unknown): string => `$${String(first + parameters.push(value) - 1)}`;
    let conditions = '';
    if (this.correlationId !== undefined) conditions += ` AND e.correlation_id = ${next(this.correlationId)}`;
    if (this.aggregate !== undefined) {
      const { type, id } = this.aggregate;
      conditions += ` AND CASE WHEN e.aggregate_type = ${next(type)} THEN e.aggregate_id ELSE e.data->>${next(memberFor(type))}::text END = ${next(id)}`;
    }
    if (this.types.length > 0) conditions += ` AND e.type ~ ${next(eventPatternsToRegex(this.types))}`;
    if (this.visibility.types !== undefined) conditions += ` AND e.type = ANY (${next(this.visibility.types)}::text[])`;
    return { conditions, parameters };
  }
}

/** The aggregate of a type that an event is about: its own, or the one its payload names. */
export function aggregateIdIn({ aggregateType, aggregateId, data }: StoredEvent, type: string): string | undefined {
  if (aggregateType === type) return aggregateId;
  if (typeof data !== 'object' || data === null) return undefined;
  const id = (data as Readonly<Record<string, unknown>>)[memberFor(type)];
  return typeof id === 'string' ? id : undefined;
}

function memberFor(type: string): string {
  return `${type}_id`;
}
