import { eventPatternsToRegex, matchesEventPattern } from '#zakops/contracts';
import type { StoredEvent } from '#zakops/contracts';
import type { EventVisibility } from './event-visibility.js';

/** What a reader asks for, and what it may see; every given part must match. */
export interface EventFilterParts {
  readonly visibility: EventVisibility;
  readonly correlationId?: string | undefined;
  readonly dealId?: string | undefined;
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
  readonly dealId: string | undefined;
  readonly types: readonly string[];
  /** The same text for filters that let the same events through. */
  readonly key: string;

  constructor({ visibility, correlationId, dealId, types = [] }: EventFilterParts) {
    this.visibility = visibility;
    this.correlationId = correlationId;
    this.dealId = dealId;
    this.types = types.includes('*') ? [] : [...new Set(types)].sort();
    this.key = JSON.stringify([this.correlationId ?? null, this.dealId ?? null, this.types, visibility.key]);
  }

  matches(event: StoredEvent): boolean {
    if (this.correlationId !== undefined && event.correlationId !== this.correlationId) return false;
    if (this.dealId !== undefined && dealIdOf(event) !== this.dealId) return false;
    if (!this.visibility.shows(event.type)) return false;
    return this.types.length === 0 || this.types.some((pattern) => matchesEventPattern(pattern, event.type));
  }

  /** @param first - number of the first free parameter of the query */
  toSql(first: number): FilterSql {
    const parameters: unknown[] = [];
    const next = (value: unknown): string => `$${String(first + parameters.push(value) - 1)}`;
    let conditions = '';
    if (this.correlationId !== undefined) conditions += ` AND e.correlation_id = ${next(this.correlationId)}`;
    if (this.dealId !== undefined) {
      conditions += ` AND CASE WHEN e.aggregate_type = 'deal' THEN e.aggregate_id ELSE e.data->>'deal_id' END = ${next(this.dealId)}`;
    }
    if (this.types.length > 0) conditions += ` AND e.type ~ ${next(eventPatternsToRegex(this.types))}`;
    if (this.visibility.types !== undefined) conditions += ` AND e.type = ANY (${next(this.visibility.types)}::text[])`;
    return { conditions, parameters };
  }
}

/** The deal an event is about: its own aggregate, or the one that its payload names. */
export function dealIdOf(event: StoredEvent): string | undefined {
  if (event.aggregateType === 'deal') return event.aggregateId;
  const { data } = event;
  if (typeof data !== 'object' || data === null || !('deal_id' in data)) return undefined;
  return typeof data.deal_id === 'string' ? data.deal_id : undefined;
}
