import { EVENT_TYPES, eventCatalogue } from '#zakops/contracts';
import type { OpenAPIObject } from '@nestjs/swagger';
import { eventExample, eventSchema } from './event-schemas.js';

/** The media type of one event in JSON. */
const EVENT_MEDIA_TYPE = 'application/cloudevents+json';

/** Every event of the catalogue as OpenAPI 3.1 describes what a server sends: its body is what streams, polls and lists bring. */
export function eventWebhooks(): NonNullable<OpenAPIObject['webhooks']> {
  return Object.fromEntries(
    EVENT_TYPES.map((type) => [
      type,
      {
        post: {
          operationId: `on_${type.replaceAll('.', '_')}`,
          tags: ['events'],
          summary: type,
          description: `${eventCatalogue[type].description} Streams, polls and lists bring this body to callers with \`${eventCatalogue[type].permission}\`.`,
          security: [],
          requestBody: {
            required: true,
            content: { [EVENT_MEDIA_TYPE]: { schema: eventSchema(type, 'draft-2020-12'), example: eventExample(type) } },
          },
          responses: { '2XX': { description: 'Taken.' }, '4XX': { description: 'Not taken.' } },
        },
      },
    ]),
  );
}
