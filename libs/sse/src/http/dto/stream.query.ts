import { StringField } from '#zakops/http';
import { EventFilterQuery } from './event-filter.query.js';

/** What a stream may be asked for. */
export class StreamQuery extends EventFilterQuery {
  @StringField({
    max: 1_000,
    optional: true,
    description:
      'Where to resume, for clients that cannot set `Last-Event-ID`; the header wins. An `id:` of any frame, or the UUID of an event.',
  })
  last_event_id?: string;
}
