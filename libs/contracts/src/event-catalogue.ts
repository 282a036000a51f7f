import type { z } from 'zod';
import type { DomainEvent, FieldError } from '#zakops/kernel';
import { dealContactEvents } from './deal-contact-events.js';
import { dealEvents } from './deal-events.js';
import { dealPipelineEvents } from './deal-pipeline-events.js';
import { dealLifecycleEvents } from './deal-lifecycle-events.js';
import { dealNoteEvents } from './deal-note-events.js';
import type { EventDefinition } from './define-event.js';
import { EventSchemaError, UnknownEventTypeError } from './event-catalogue.errors.js';
import { operatorEvents } from './operator-events.js';
import { quarantineEvents } from './quarantine-events.js';

/**
 * Every event that this system can publish. Adding an entry gives its type, its run-time check, its JSON Schema and its page in
 * `docs/events.md`; nothing else can be published.
 */
export const eventCatalogue = {
  ...dealEvents,
  ...dealNoteEvents,
  ...dealContactEvents,
  ...dealLifecycleEvents,
  ...dealPipelineEvents,
  ...operatorEvents,
  ...quarantineEvents,
} as const;

/** The dotted names in the catalogue. */
export type EventType = keyof typeof eventCatalogue;

/** The payload of one event type. */
export type EventData<T extends EventType> = z.infer<(typeof eventCatalogue)[T]['data']>;

/** A domain event of the catalogue: the payload follows from the type. */
export type CatalogueEvent<T extends EventType = EventType> = { [K in T]: DomainEvent<K, EventData<K>> }[T];

/** Names in the catalogue, in the order of definition. */
export const EVENT_TYPES = Object.keys(eventCatalogue) as readonly EventType[];

/** True for the name of an event type in the catalogue. */
export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventCatalogue, type);
}

/**
 * Makes an event of the catalogue; a wrong payload does not compile.
 *
 * @param aggregateSeq - 1, 2, 3 ... for this aggregate
 * @returns the event; the outbox checks it against its schema when it is appended
 */
export function makeEvent<T extends EventType>(
  type: T,
  id: string,
  aggregateId: string,
  aggregateSeq: number,
  data: EventData<T>,
): CatalogueEvent<T> {
  const { version, aggregateType } = eventCatalogue[type];
  const event: DomainEvent<T, EventData<T>> = {
    id,
    type,
    schemaVersion: version,
    aggregateType,
    aggregateId,
    aggregateSeq,
    data,
  };
  // For a union T the mapped type distributes, and the compiler cannot see that this member fits.
  return event;
}

/**
 * Checks an event against the catalogue.
 *
 * @throws UnknownEventTypeError when the type is not in the catalogue
 * @throws EventSchemaError when version, aggregate type or payload differ from it; names each field
 */
export function assertEventFits(event: DomainEvent): void {
  if (!isEventType(event.type)) throw new UnknownEventTypeError(event.type);
  const definition: EventDefinition = eventCatalogue[event.type];
  const fields: FieldError[] = [];
  if (event.schemaVersion !== definition.version) {
    fields.push({ pointer: '/schemaversion', detail: `must be ${String(definition.version)}`, code: 'WRONG_VERSION' });
  }
  if (event.aggregateType !== definition.aggregateType) {
    fields.push({ pointer: '/aggregate_type', detail: `must be ${definition.aggregateType}`, code: 'WRONG_AGGREGATE' });
  }
  const result = definition.data.safeParse(event.data);
  if (!result.success) {
    for (const issue of result.error.issues) {
      fields.push({ pointer: `/data/${issue.path.map(String).join('/')}`, detail: issue.message, code: issue.code });
    }
  }
  if (fields.length > 0) throw new EventSchemaError(event.type, fields);
}
