import { IntegerField } from '#zakops/http';

/** Which time the figures are for. */
export class EventStatsParams {
  @IntegerField({ min: 1, max: 168, optional: true, default: 24, description: 'How many hours back to count.' })
  hours = 24;
}
