import { ArrayField, BooleanField, DateTimeField, EnumField, IntegerField, StringField, UuidField } from '#zakops/http';
import { PAUSE_SCOPES } from '../../pauses/pause.js';
import type { PauseScope } from '../../pauses/pause.js';

/** One pause of deliveries. */
export class PauseResponse {
  @UuidField()
  id!: string;

  @EnumField(PAUSE_SCOPES, 'PauseScope')
  scope!: PauseScope;

  @StringField({ nullable: true, example: 'deal-activity' })
  consumer!: string | null;

  @StringField({ nullable: true, description: 'A type, or a family such as `deal.*`.', example: 'deal.stage_changed' })
  event_type!: string | null;

  @StringField({ nullable: true, example: 'deal' })
  aggregate_type!: string | null;

  @StringField({ nullable: true, example: 'DEAL-000001' })
  aggregate_id!: string | null;

  @StringField({ example: 'The mail server is away.' })
  reason!: string;

  @StringField({ description: 'Who paused.', example: 'user:ann@example.com' })
  paused_by!: string;

  @DateTimeField()
  started_at!: string;

  @DateTimeField({ description: 'The pause ends at this time, whatever runs.' })
  ends_at!: string;

  @DateTimeField({ nullable: true, description: 'When it was ended before its end; null when it was not.' })
  resumed_at!: string | null;

  @StringField({ nullable: true, description: 'Who ended it.', example: 'user:bob@example.com' })
  resumed_by!: string | null;

  @BooleanField({ description: 'By the clock of the database.' })
  in_force!: boolean;
}

/** One pause of a list. */
export class ListedPauseResponse extends PauseResponse {
  @IntegerField({ min: 0, description: 'Tickets that wait for its end; of an event type or an aggregate only.' })
  held_tickets!: number;
}

/** A page of pauses. */
export class PauseListResponse {
  @ArrayField(() => ListedPauseResponse, { description: 'The last begun first.' })
  pauses!: ListedPauseResponse[];

  @IntegerField({ min: 1 })
  limit!: number;

  @StringField({ nullable: true, description: 'For the next page; null at the end.' })
  next_cursor!: string | null;
}
