import { DateTimeField, IntegerField, MapField } from '#zakops/http';

/** How many events happened. */
export class EventStatsResponse {
  @IntegerField({ min: 0 })
  total!: number;

  @MapField('integer', { description: 'By type; types without an event are left out.', example: { 'deal.created': 3 } })
  by_type!: Record<string, number>;

  @DateTimeField({ description: 'From when on they are counted.' })
  since!: string;
}
