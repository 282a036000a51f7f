import {
  ArrayField,
  BooleanField,
  EnumField,
  IntegerField,
  JsonObjectField,
  ObjectField,
  PageQuery,
  StringField,
  UuidField,
  uuidRule,
} from '#zakops/http';
import { TASK_STATES } from '../../tasks/dlq-task.js';
import type { TaskState } from '../../tasks/dlq-task.js';
import { DeadLetterFilterParams } from './dead-letter-filter.params.js';
import { ReasonRequest } from './dlq.requests.js';

const RATE = 'Dead letters a second; 0 for as fast as possible.';

/** Which dead letters are changed, and how. */
export class StartTaskRequest extends ReasonRequest {
  @ObjectField(() => DeadLetterFilterParams, {
    optional: true,
    description:
      'Narrows the dead letters; `{}` means all of them. A failure group is chosen by `fingerprint`. Needed when `ids` is not given.',
    example: { consumer: 'deal-activity' },
  })
  filter?: DeadLetterFilterParams;

  @ArrayField(uuidRule(), {
    optional: true,
    minItems: 1,
    maxItems: 1_000,
    description: 'Only these dead letters, as far as they fit the filter.',
  })
  ids?: string[];

  @BooleanField({
    optional: true,
    default: false,
    description: 'True to find out only what would be changed: 200 with a preview and its token.',
  })
  dry_run = false;

  @StringField({ optional: true, min: 1, max: 20_000, description: 'The token of a dry run with the same filter.' })
  token?: string;

  @IntegerField({
    optional: true,
    default: 0,
    min: 0,
    max: 1_000_000,
    description: 'With a token: how many more dead letters may fit than the dry run has counted. More are answered with 409.',
  })
  max_growth = 0;

  @IntegerField({
    optional: true,
    min: 1,
    max: 1_000_000,
    description: 'The most dead letters to change, such as 10 to try it out first.',
    example: 10,
  })
  limit?: number;

  @IntegerField({ optional: true, default: 50, min: 0, max: 10_000, description: RATE })
  rate = 50;
}

/** The path of a task. */
export class TaskPath {
  @UuidField()
  id!: string;
}

/** A new rate. */
export class TaskRateRequest {
  @IntegerField({ min: 0, max: 10_000, description: RATE, example: 200 })
  rate!: number;
}

/** The parameters of the list of tasks. */
export class ListTasksParams extends PageQuery {
  @EnumField(TASK_STATES, 'DeadLetterTaskState', { optional: true, description: 'Only tasks in this state.' })
  state?: TaskState;
}

/** The parameters of the archive. */
export class ListArchiveParams extends PageQuery {
  @UuidField({ optional: true, description: 'Only what this task has discarded.' })
  task_id?: string;

  @StringField({ optional: true, min: 1, max: 100, example: 'deal-activity' })
  consumer?: string;

  @StringField({ optional: true, min: 1, max: 100, example: 'deal.stage_changed' })
  event_type?: string;

  @StringField({ optional: true, min: 1, max: 100, example: 'DEAL-000001' })
  aggregate_id?: string;
}

/** What comes out of the archive: some dead letters, or all that a task has discarded. */
export class RestoreRequest extends ReasonRequest {
  @ArrayField(uuidRule(), {
    optional: true,
    minItems: 1,
    maxItems: 1_000,
    description: 'Ids of dead letters. Not together with `task_id`.',
  })
  ids?: string[];

  @UuidField({ optional: true, description: 'Everything that this task has discarded. Not together with `ids`.' })
  task_id?: string;
}

/** A corrected payload. */
export class ResubmitRequest {
  @JsonObjectField({
    description: 'The whole payload, as its event type demands.',
    example: { deal_id: 'DEAL-000001', changes: [{ field: 'display_name', old_value: null, new_value: 'Acme' }] },
  })
  data!: Record<string, unknown>;

  @StringField({ min: 1, max: 1_000, description: 'Kept with the operation.', example: 'The broker had no name.' })
  reason!: string;
}
