import { eventCatalogue, toCloudEvent } from '#zakops/contracts';
import type { CloudEvent, EventDefinition, EventType } from '#zakops/contracts';
import { z } from 'zod';

const EXAMPLE_AT = new Date('2026-01-31T12:00:00.000Z');

/** A version of JSON Schema, by the names that zod has for them. */
export type SchemaDialect = 'draft-2020-12' | 'draft-7';

/** The JSON Schema of an event on the wire: a CloudEvent whose `data` is that of its type. */
export function eventSchema(type: EventType, dialect: SchemaDialect): Readonly<Record<string, unknown>> {
  const { version, aggregateType, description, data }: EventDefinition = eventCatalogue[type];
  const { $schema: _dialect, ...dataSchema } = z.toJSONSchema(data, { target: dialect });
  return {
    type: 'object',
    description,
    required: [
      'specversion',
      'id',
      'source',
      'type',
      'subject',
      'time',
      'datacontenttype',
      'correlationid',
      'schemaversion',
      'actor',
      'data',
    ],
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string', format: 'uuid', description: 'The same in every delivery of the event.' },
      source: { const: `/zakops/${aggregateType}s` },
      type: { const: type },
      subject: { type: 'string', description: `The id of the ${aggregateType}.` },
      time: { type: 'string', format: 'date-time' },
      datacontenttype: { const: 'application/json' },
      sequence: { type: 'string', description: 'The position in the log; absent until the event is published.' },
      correlationid: { type: 'string' },
      causationid: { type: 'string', format: 'uuid', description: 'The event that caused this one.' },
      schemaversion: { const: version },
      actor: { type: 'string', description: '`user:<e-mail>`, `api_key:<id>` or `system:<name>`.' },
      traceparent: { type: 'string' },
      data: dataSchema,
    },
  };
}

/** A valid event of a type, as it is on the wire. */
export function eventExample(type: EventType): CloudEvent {
  const { version, aggregateType, example }: EventDefinition = eventCatalogue[type];
  return toCloudEvent({
    id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d',
    type,
    schemaVersion: version,
    aggregateType,
    aggregateId: 'DEAL-000001',
    aggregateSeq: 2,
    data: example,
    correlationId: 'DEAL-000001',
    causationId: null,
    traceparent: null,
    actor: 'user:dev@zakops.local',
    occurredAt: EXAMPLE_AT,
    position: 42,
  });
}
