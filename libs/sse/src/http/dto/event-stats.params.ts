import { IntegerField } from '#zakops/http';

/** The time that the stats cover. */
export class EventStatsParams {
  @IntegerField({ min: 1, max: 168, optional: true, default: 24, description: 'How many hours back to count.' })
  hours = 24;
}
