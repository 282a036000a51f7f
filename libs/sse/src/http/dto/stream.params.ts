import { StringField } from '#zakops/http';
import { EventFilterParams } from './event-filter.params.js';

/** What a stream may be asked for. */
export class StreamParams extends EventFilterParams {
  @StringField({
    max: 1_000,
    optional: true,
    description:
      'Where to resume, for clients that cannot set `Last-Event-ID`; the header wins. An `id:` of any frame, or the UUID of an event.',
  })
  last_event_id?: string;
}
