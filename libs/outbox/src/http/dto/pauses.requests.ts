import { DateTimeField, EnumField, IntegerField, StringField, UuidField } from '#zakops/http';
import { DEFAULT_PAUSE_MINUTES, LONGEST_PAUSE_MINUTES, PAUSE_SCOPES } from '../../pauses/pause.js';
import type { PauseScope } from '../../pauses/pause.js';
import { PAUSE_STATES } from '../../pauses/pause.reader.js';
import type { PauseState } from '../../pauses/pause.reader.js';

/** What is paused; each scope has its members, and takes no other. */
class PauseTargetRequest {
  @StringField({ optional: true, min: 1, max: 100, description: 'Of scope `consumer`: its name.', example: 'deal-activity' })
  consumer?: string;

  @StringField({
    optional: true,
    min: 1,
    max: 100,
    description: 'Of scope `event_type`: a type, or a family such as `deal.*`.',
    example: 'deal.stage_changed',
  })
  event_type?: string;

  @StringField({ optional: true, min: 1, max: 50, description: 'Of scope `aggregate`.', example: 'deal' })
  aggregate_type?: string;

  @StringField({ optional: true, min: 1, max: 100, description: 'Of scope `aggregate`.', example: 'DEAL-000001' })
  aggregate_id?: string;
}

/** What to pause, until when, and why. */
export class PauseRequest extends PauseTargetRequest {
  @EnumField(PAUSE_SCOPES, 'PauseScope', {
    description: 'Every delivery, those to a consumer, those of an event type, or those of an aggregate.',
    example: 'consumer',
  })
  scope!: PauseScope;

  @IntegerField({
    optional: true,
    min: 1,
    max: LONGEST_PAUSE_MINUTES,
    description: `The pause ends after so many minutes; ${String(DEFAULT_PAUSE_MINUTES)} when neither this nor \`until\` is given.`,
    example: 30,
  })
  minutes?: number;

  @DateTimeField({ optional: true, description: 'The pause ends at this instant, at most a day ahead; not together with `minutes`.' })
  until?: string;

  @StringField({ min: 1, max: 1_000, description: 'Why; shown wherever the pause is shown.', example: 'The mail server is away.' })
  reason!: string;
}

/** Which pause to end: by its id, or by what it pauses. */
export class ResumeRequest extends PauseTargetRequest {
  @UuidField({ optional: true, description: 'The pause; not together with `scope`.' })
  pause_id?: string;

  @EnumField(PAUSE_SCOPES, 'PauseScope', { optional: true, description: 'With its members: the pause in force that has this target.' })
  scope?: PauseScope;

  @StringField({ optional: true, max: 1_000, description: 'Kept in the audit log.', example: 'The mail server is back.' })
  reason?: string;
}

/** The new end of a pause. */
export class ChangePauseEndRequest {
  @IntegerField({
    optional: true,
    min: 1,
    max: LONGEST_PAUSE_MINUTES,
    description: 'The pause ends so many minutes from now.',
    example: 30,
  })
  minutes?: number;

  @DateTimeField({ optional: true, description: 'The pause ends at this instant, at most a day ahead. One of both is needed.' })
  until?: string;

  @StringField({ optional: true, max: 1_000, description: 'Kept in the audit log.', example: 'It takes longer.' })
  reason?: string;
}

/** The path of one pause. */
export class PausePath {
  @UuidField()
  id!: string;
}

/** The parameters of the list of pauses. */
export class ListPausesParams {
  @EnumField(PAUSE_STATES, 'PauseState', {
    optional: true,
    default: 'in_force',
    description: 'Pauses in force, those that are over, or all.',
  })
  state: PauseState = 'in_force';

  @IntegerField({ min: 1, max: 200, optional: true, default: 50, description: 'The most pauses of a page.' })
  limit = 50;

  @StringField({ min: 1, max: 2_000, optional: true, description: '`next_cursor` of the page before.' })
  cursor?: string;
}
