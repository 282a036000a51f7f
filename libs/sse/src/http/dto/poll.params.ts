import { IntegerField, StringField } from '#zakops/http';
import { PLACE_FORM } from '../../wire/stream-id.js';
import { EventFilterParams } from './event-filter.params.js';

/** What a poll may be asked for. */
export class PollParams extends EventFilterParams {
  @StringField({
    max: 81,
    pattern: PLACE_FORM,
    patternHint: 'must be the next_since of a poll, the id of a frame, or a position',
    optional: true,
    description:
      'The `next_since` of the poll before, or the `id:` of a frame; 0 for the beginning. Without it: the newest events. A bare position is ' +
      'taken for one of this log.',
    deprecated: { name: 'barePosition', when: (since) => typeof since === 'string' && /^[1-9]\d*$/.test(since) },
    example: '5c0f7a31e9d2-42',
  })
  since?: string;

  @IntegerField({ min: 1, max: 100, optional: true, default: 50, description: 'The most events to answer.' })
  limit = 50;
}
