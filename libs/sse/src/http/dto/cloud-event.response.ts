import { toCloudEvent } from '#zakops/contracts';
import type { CloudEvent, StoredEvent } from '#zakops/contracts';
import { DateTimeField, EnumField, IntegerField, JsonObjectField, StringField, UuidField } from '#zakops/http';

/** An event as CloudEvents 1.0 JSON: the same in answers, on streams and in deliveries. */
export class CloudEventResponse implements CloudEvent {
  @EnumField(['1.0'], 'CloudEventsVersion')
  specversion!: '1.0';

  @UuidField({ description: 'The event; the same in every delivery.' })
  id!: string;

  @StringField({ format: 'uri-reference', description: 'The kind of aggregate it came from.', example: '/zakops/deals' })
  source!: string;

  @StringField({ example: 'deal.stage_changed' })
  type!: string;

  @StringField({ description: 'The aggregate.', example: 'DEAL-000001' })
  subject!: string;

  @DateTimeField({ description: 'When it happened, by the clock of the database.' })
  time!: string;

  @EnumField(['application/json'], 'CloudEventContentType')
  datacontenttype!: 'application/json';

  @StringField({
    optional: true,
    description: 'The position in the log; absent for the moment until the event is published.',
    example: '42',
  })
  sequence?: string;

  @StringField({ example: 'DEAL-000001' })
  correlationid!: string;

  @StringField({ optional: true, description: 'The event that caused this one.' })
  causationid?: string;

  @IntegerField({ min: 1, description: 'Version of the payload’s schema.' })
  schemaversion!: number;

  @StringField({ example: 'user:dev@zakops.local' })
  actor!: string;

  @StringField({ optional: true, description: 'W3C trace context of the request that caused it.' })
  traceparent?: string;

  @JsonObjectField({ description: 'The payload, as the catalogue of events defines it for the type.' })
  data!: Record<string, unknown>;
}

/** From a stored event to its form on the wire. */
export function toCloudEventResponse(event: StoredEvent): CloudEventResponse {
  // The catalogue lets only objects into the column.
  return toCloudEvent(event) as CloudEventResponse;
}
