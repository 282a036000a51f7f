import { eventCatalogue } from '#zakops/contracts';
import type { OpenStatus } from './ticket.view.js';

/** Chooses tickets that are still to be delivered; a member that is left out does not narrow, so `{}` means all of them. */
export interface TicketFilter {
  readonly consumer?: string | undefined;
  readonly eventType?: string | undefined;
  readonly aggregateId?: string | undefined;
  /** Of the last failure. */
  readonly fingerprint?: string | undefined;
}

/** Chooses tickets of a list. */
export interface TicketListFilter extends TicketFilter {
  readonly status?: OpenStatus | undefined;
  /** The id of a ticket or of a pause behind which they stand. */
  readonly waitsFor?: string | undefined;
}

const AGGREGATE_TYPES = [...new Set(Object.values(eventCatalogue).map(({ aggregateType }) => aggregateType))];

/**
 * The streams that an aggregate id may have, one for each kind of aggregate; a SQL expression of type bigint[].
 *
 * @remarks A ticket has no aggregate id, only this hash of 64 bits, and an index by it.
 * @param id - a parameter that holds the aggregate id
 */
export function streamsOf(id: string): string {
  return `ARRAY[${AGGREGATE_TYPES.map((type) => `zakops.stream_of('${type}', ${id})`).join(', ')}]`;
}

/**
 * Writes the members that narrow within one status and consumer as a SQL condition on tickets `o`.
 *
 * @param given - adds a parameter and gives its name, such as `$3`
 * @returns conditions that each begin with AND; empty when nothing narrows
 */
export function ticketConditions({ eventType, aggregateId, fingerprint }: TicketFilter, given: (value: string) => string): string {
  return [
    ...(eventType === undefined ? [] : [` AND o.event_type = ${given(eventType)}`]),
    ...(aggregateId === undefined ? [] : [` AND o.stream = ANY (${streamsOf(given(aggregateId))})`]),
    ...(fingerprint === undefined ? [] : [` AND o.fingerprint = ${given(fingerprint)}`]),
  ].join('');
}
