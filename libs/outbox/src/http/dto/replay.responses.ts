import { ArrayField, BooleanField, DateTimeField, EnumField, IntegerField, MapField, StringField, UuidField } from '#zakops/http';
import { REPLAY_STATES } from '../../replay/replay.js';
import type { ReplayState } from '../../replay/replay.js';

/** What a replay would deliver, and the token to start it. */
export class ReplayPreviewResponse {
  @BooleanField({ example: true })
  dry_run!: boolean;

  @StringField({ example: 'deal-activity' })
  consumer!: string;

  @IntegerField({ min: 0, description: 'The first event is the next one after this position.' })
  after_position!: number;

  @IntegerField({ min: 0, nullable: true, description: 'Null for a replay that goes on until it meets the cursor.' })
  until_position!: number | null;

  @IntegerField({ min: 0, description: 'Where the consumer stands now.' })
  cursor!: number;

  @IntegerField({ min: 0, description: 'Events that the consumer wants, among the first 500,000 positions.', example: 812 })
  count!: number;

  @BooleanField({ description: 'False when there are more positions than were counted.' })
  complete!: boolean;

  @MapField('integer', { description: 'The same by event type.' })
  types!: Record<string, number>;

  @IntegerField({ min: 1, nullable: true, description: 'The position of the first of them.' })
  first!: number | null;

  @IntegerField({ min: 1, nullable: true, description: 'The position of the last of them.' })
  last!: number | null;

  @StringField({ description: 'Starts the replay of this range, for 15 minutes.' })
  token!: string;
}

/** A replay, and how far it is. */
export class ReplayResponse {
  @UuidField()
  id!: string;

  @StringField({ example: 'deal-activity' })
  consumer!: string;

  @EnumField(REPLAY_STATES, 'ReplayState', { description: '`queued` until the active worker takes it up.' })
  state!: ReplayState;

  @IntegerField({ min: 0 })
  after_position!: number;

  @IntegerField({ min: 0, nullable: true, description: 'Null for a replay that goes on until it meets the cursor.' })
  until_position!: number | null;

  @IntegerField({ min: 0, description: 'Everything up to here was replayed.' })
  position!: number;

  @IntegerField({ min: 0, description: 'Positions that are left.' })
  left!: number;

  @IntegerField({ min: 1, description: 'Events a second at most.' })
  rate!: number;

  @IntegerField({ min: 0, description: 'Events that the consumer got again.' })
  delivered!: number;

  @IntegerField({ min: 0, description: 'Events with an open ticket, which delivers them.' })
  skipped!: number;

  @IntegerField({ min: 0, description: 'Failed attempts of the next event.' })
  failures!: number;

  @StringField({ nullable: true, example: null })
  reason_code!: string | null;

  @StringField({ nullable: true, description: 'Why the next event failed.', example: null })
  last_error!: string | null;

  @UuidField({ nullable: true })
  failed_event_id!: string | null;

  @StringField({ nullable: true, example: 'Rebuild the activity.' })
  reason!: string | null;

  @StringField({ example: 'user:dev@zakops.local' })
  created_by!: string;

  @DateTimeField()
  created_at!: string;

  @DateTimeField({ nullable: true })
  started_at!: string | null;

  @DateTimeField({ nullable: true })
  finished_at!: string | null;
}

/** A page of replays. */
export class ReplayListResponse {
  @ArrayField(() => ReplayResponse, { description: 'Newest first.' })
  replays!: ReplayResponse[];

  @StringField({ nullable: true, description: 'The `cursor` of the next page; null at the end.' })
  next_cursor!: string | null;
}
