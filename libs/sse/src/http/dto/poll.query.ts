import { IntegerField } from '#zakops/http';
import { EventFilterQuery } from './event-filter.query.js';

/** What a poll may be asked for. */
export class PollQuery extends EventFilterQuery {
  @IntegerField({
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
    description: 'The `next_since` of the poll before; 0 for the beginning. Without it: the newest events.',
  })
  since?: number;

  @IntegerField({ min: 1, max: 100, optional: true, default: 50, description: 'The most events to answer.' })
  limit = 50;
}
