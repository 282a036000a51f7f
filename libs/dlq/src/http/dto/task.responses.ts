import {
  ArrayField,
  DateTimeField,
  EnumField,
  IntegerField,
  JsonObjectField,
  MapField,
  NumberField,
  ObjectField,
  StringField,
  UuidField,
  uuidRule,
} from '#zakops/http';
import { TASK_KINDS, TASK_STATES } from '../../tasks/dlq-task.js';

/** What became of the deliveries that a redrive made due again. */
export class TaskOutcomesResponse {
  @IntegerField({ min: 0, description: 'Not tried yet, or waiting for another attempt.' })
  waiting!: number;

  @IntegerField({ min: 0 })
  delivered!: number;

  @IntegerField({ min: 0, description: 'Dead letters again.' })
  dead_again!: number;

  @IntegerField({ min: 0, description: 'Gone without a delivery.' })
  discarded!: number;
}

/** A change of many dead letters. */
export class TaskResponse {
  @UuidField()
  id!: string;

  @EnumField(TASK_KINDS, 'DeadLetterTaskKind')
  kind!: string;

  @EnumField(TASK_STATES, 'DeadLetterTaskState', { description: '`stopped`: automatically, because too much failed as before.' })
  state!: string;

  @StringField({ nullable: true, description: 'Why it was stopped or cancelled, or what it has left.' })
  state_reason!: string | null;

  @JsonObjectField({ description: 'The filter, in the names of the list of dead letters.', example: { consumer: 'deal-activity' } })
  filter!: Record<string, unknown>;

  @IntegerField({ min: 1, nullable: true, description: 'The most dead letters to change; null for all that fit.' })
  limit!: number | null;

  @IntegerField({ min: 0, description: 'Dead letters a second; 0 for as fast as possible.', example: 50 })
  rate!: number;

  @StringField({ nullable: true })
  reason!: string | null;

  @StringField({ example: 'user:dev@zakops.local' })
  created_by!: string;

  @IntegerField({ min: 0, description: 'Dead letters that fitted at the beginning.' })
  total!: number;

  @IntegerField({ min: 0, description: 'Dead letters that were redriven or discarded so far.' })
  done!: number;

  @ObjectField(() => TaskOutcomesResponse, { nullable: true, description: 'Null for a discard.' })
  outcomes!: TaskOutcomesResponse | null;

  @IntegerField({ min: 0, description: 'Dead letters that an undo has brought back.' })
  undone!: number;

  @NumberField({ min: 0, nullable: true, description: 'Seconds until everything is changed at this rate; null when it is not known.' })
  seconds_left!: number | null;

  @DateTimeField()
  created_at!: string;

  @DateTimeField({ nullable: true })
  started_at!: string | null;

  @DateTimeField({ nullable: true, description: 'When it ended; null while it runs.' })
  finished_at!: string | null;

  @DateTimeField({ nullable: true, description: 'Until when it can be undone, once it has ended.' })
  undo_until!: string | null;
}

/** A page of tasks. */
export class TaskListResponse {
  @ArrayField(() => TaskResponse)
  tasks!: TaskResponse[];

  @StringField({ nullable: true, description: 'The `cursor` of the next page; null at the end.' })
  next_cursor!: string | null;
}

/** How old the dead letters of a preview are. */
export class PreviewAgesResponse {
  @DateTimeField({ nullable: true })
  oldest_failed_at!: string | null;

  @DateTimeField({ nullable: true })
  newest_failed_at!: string | null;

  @IntegerField({ min: 0, description: 'Failed within the last hour.' })
  last_hour!: number;

  @IntegerField({ min: 0, description: 'Failed within the last day, but not within the last hour.' })
  last_day!: number;

  @IntegerField({ min: 0, description: 'Failed before that.' })
  older!: number;
}

/** One of the dead letters of a preview. */
export class PreviewSampleResponse {
  @UuidField()
  id!: string;

  @StringField({ example: 'deal.stage_changed' })
  event_type!: string;

  @StringField({ example: 'deal-activity' })
  consumer!: string;

  @StringField({ example: 'DEAL-000001' })
  aggregate_id!: string;

  @StringField({ nullable: true, example: 'timeout' })
  reason_code!: string | null;

  @StringField({ nullable: true })
  last_error!: string | null;

  @DateTimeField()
  failed_at!: string;
}

/** What a task would change. */
export class TaskPreviewResponse {
  @IntegerField({ min: 0, description: 'Dead letters that fit, whatever the limit.' })
  count!: number;

  @MapField('integer', { description: 'How many of each event type.' })
  types!: Record<string, number>;

  @MapField('integer', { description: 'How many of each consumer.' })
  consumers!: Record<string, number>;

  @ObjectField(() => PreviewAgesResponse)
  ages!: PreviewAgesResponse;

  @ArrayField(() => PreviewSampleResponse, { description: 'The oldest ones, 5 at most.' })
  sample!: PreviewSampleResponse[];

  @StringField({ description: 'Send it with the same filter and without `dry_run` to start the task.' })
  token!: string;

  @DateTimeField({ description: 'Until when the token is taken.' })
  expires_at!: string;
}

/** A dead letter in the archive. */
export class ArchivedResponse {
  @UuidField({ description: 'The id that it had as a dead letter.' })
  id!: string;

  @UuidField()
  event_id!: string;

  @StringField({ example: 'deal.stage_changed' })
  event_type!: string;

  @StringField({ example: 'deal-activity' })
  consumer!: string;

  @StringField({ example: 'deal' })
  aggregate_type!: string;

  @StringField({ example: 'DEAL-000001' })
  aggregate_id!: string;

  @StringField()
  correlation_id!: string;

  @StringField({ nullable: true, example: 'timeout' })
  reason_code!: string | null;

  @StringField({ nullable: true })
  last_error!: string | null;

  @StringField({ nullable: true, description: 'The failure group.', example: 'fp1:3f9c0d5e1a7b2846' })
  fingerprint!: string | null;

  @DateTimeField({ description: 'The last attempt.' })
  failed_at!: string;

  @DateTimeField()
  archived_at!: string;

  @StringField({ example: 'user:dev@zakops.local' })
  archived_by!: string;

  @StringField({ nullable: true })
  reason!: string | null;

  @UuidField({ nullable: true, description: 'The task that discarded it; null when it was discarded alone.' })
  task_id!: string | null;

  @UuidField({ nullable: true, description: 'The corrected event that its consumer got instead; null when it was discarded.' })
  resubmitted_as!: string | null;

  @DateTimeField({ nullable: true, description: 'When it is removed for good; null when it is kept.' })
  expires_at!: string | null;
}

/** A page of the archive. */
export class ArchiveListResponse {
  @ArrayField(() => ArchivedResponse)
  entries!: ArchivedResponse[];

  @StringField({ nullable: true, description: 'The `cursor` of the next page; null at the end.' })
  next_cursor!: string | null;
}

/** What came out of the archive. */
export class RestoredResponse {
  @StringField({ example: 'restored' })
  status!: 'restored' | 'restoring';

  @ArrayField(uuidRule(), { description: 'Dead letters again.' })
  restored!: string[];

  @ArrayField(uuidRule(), { description: 'Not in the archive; or their event is gone, their consumer removed, or their delivery goes on.' })
  left!: string[];

  @ObjectField(() => TaskResponse, { nullable: true, description: 'With `task_id`: the task, whose `undone` counts up.' })
  task!: TaskResponse | null;
}

/** A dead letter whose consumer gets a corrected event. */
export class ResubmittedResponse {
  @StringField({ example: 'resubmitted' })
  status!: 'resubmitted';

  @UuidField()
  entry_id!: string;

  @UuidField({ description: 'The new event, for this consumer alone.' })
  event_id!: string;

  @UuidField({ description: 'The event that stays in the log.' })
  original_event_id!: string;

  @StringField({ example: 'deal-activity' })
  consumer!: string;
}
