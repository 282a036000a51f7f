import { ArrayField, DateTimeField, IntegerField, MapField, NumberField, StringField, UuidField } from '#zakops/http';
import { DeadLetterResponse } from './dead-letter.response.js';

/** A part of the queue. */
export class DeadLetterListResponse {
  @ArrayField(() => DeadLetterResponse)
  entries!: DeadLetterResponse[];

  @IntegerField({ min: 0, description: 'All that fit the filter.' })
  total!: number;

  @IntegerField({ min: 1 })
  limit!: number;

  @IntegerField({ min: 0 })
  offset!: number;

  @StringField({ nullable: true, description: 'The `cursor` of the next part; null at the end.' })
  next_cursor!: string | null;
}

/** The queue in figures. */
export class DlqStatsResponse {
  @IntegerField({ min: 0 })
  total_count!: number;

  @MapField('integer')
  by_event_type!: Record<string, number>;

  @MapField('integer')
  by_consumer!: Record<string, number>;

  @MapField('integer', { description: '`unknown` for entries without a reason.' })
  by_reason!: Record<string, number>;

  @DateTimeField({ nullable: true, description: 'When the entry failed that has waited longest; null for an empty queue.' })
  oldest_entry!: string | null;

  @NumberField({ min: 0, nullable: true })
  oldest_age_seconds!: number | null;
}

/** One entry is due again. */
export class RetriedResponse {
  @StringField({ example: 'queued_for_retry' })
  status!: 'queued_for_retry';

  @UuidField()
  entry_id!: string;
}

/** Entries are due again. */
export class RetriedAllResponse {
  @StringField({ example: 'all_queued_for_retry' })
  status!: 'all_queued_for_retry';

  @StringField({ nullable: true, description: 'As asked for.' })
  correlation_id!: string | null;

  @IntegerField({ min: 0, description: 'The entries that were really changed.' })
  count!: number;

  @IntegerField({ min: 0, description: 'The entries that fit and are still there. Call again to go on with them.' })
  remaining!: number;
}

/** One entry is given up. */
export class PurgedResponse {
  @StringField({ example: 'purged' })
  status!: 'purged';

  @UuidField()
  entry_id!: string;
}

/** Entries are given up. */
export class PurgedOldResponse {
  @StringField({ example: 'purged' })
  status!: 'purged';

  @IntegerField({ min: 0 })
  older_than_days!: number;

  @IntegerField({ min: 0, description: 'The entries that were really removed.' })
  count!: number;

  @IntegerField({ min: 0, description: 'The entries that fit and are still there. Call again to go on with them.' })
  remaining!: number;
}
