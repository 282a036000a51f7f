import { ArrayField, DateTimeField, IntegerField, MapField, NumberField, StringField, UuidField } from '#zakops/http';
import { DeadLetterResponse, DeadLetterSummaryResponse } from './dead-letter.response.js';

class DeadLetterPageResponse {
  @IntegerField({ min: 0, description: 'All that fit the filter.' })
  total!: number;

  @IntegerField({ min: 1 })
  limit!: number;

  @IntegerField({ min: 0 })
  offset!: number;

  @StringField({ nullable: true, description: 'The `cursor` of the next page; null at the end.' })
  next_cursor!: string | null;
}

/** A page of the list. */
export class DeadLetterListResponse extends DeadLetterPageResponse {
  @ArrayField(() => DeadLetterResponse)
  entries!: DeadLetterResponse[];
}

/** A page of the list with `fields=summary`. */
export class DeadLetterSummaryListResponse extends DeadLetterPageResponse {
  @ArrayField(() => DeadLetterSummaryResponse)
  entries!: DeadLetterSummaryResponse[];
}

/** How many dead letters there are, of what kind, and how old. */
export class DlqStatsResponse {
  @IntegerField({ min: 0 })
  total_count!: number;

  @MapField('integer')
  by_event_type!: Record<string, number>;

  @MapField('integer')
  by_consumer!: Record<string, number>;

  @MapField('integer', { description: '`unknown` for dead letters without a reason.' })
  by_reason!: Record<string, number>;

  @DateTimeField({ nullable: true, description: 'When the dead letter failed that has waited longest; null for an empty queue.' })
  oldest_entry!: string | null;

  @NumberField({ min: 0, nullable: true })
  oldest_age_seconds!: number | null;
}

/** One dead letter is due again. */
export class RetriedResponse {
  @StringField({ example: 'queued_for_retry' })
  status!: 'queued_for_retry';

  @UuidField()
  entry_id!: string;
}

/** Dead letters are due again. */
export class RetriedAllResponse {
  @StringField({ example: 'all_queued_for_retry' })
  status!: 'all_queued_for_retry';

  @StringField({ nullable: true, description: 'As in the request.' })
  correlation_id!: string | null;

  @IntegerField({ min: 0, description: 'Dead letters that were redriven.' })
  count!: number;

  @IntegerField({ min: 0, description: 'Dead letters that fit and are still there. Call again to go on with them.' })
  remaining!: number;
}

/** One dead letter was purged. */
export class PurgedResponse {
  @StringField({ example: 'purged' })
  status!: 'purged';

  @UuidField()
  entry_id!: string;
}

/** Dead letters were purged. */
export class PurgedOldResponse {
  @StringField({ example: 'purged' })
  status!: 'purged';

  @IntegerField({ min: 0 })
  older_than_days!: number;

  @IntegerField({ min: 0, description: 'Dead letters that were purged.' })
  count!: number;

  @IntegerField({ min: 0, description: 'Dead letters that fit and are still there. Call again to go on with them.' })
  remaining!: number;
}
