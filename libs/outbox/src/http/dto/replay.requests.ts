import { BooleanField, DateTimeField, IntegerField, StringField, UuidField } from '#zakops/http';
import { REPLAY_RATE } from '../../replay/replay.js';

const MAX_POSITION = 999_999_999_999_999;

/** The path of one replay. */
export class ReplayPath {
  @UuidField()
  id!: string;
}

/** What to replay: a dry run with a range, or the token of a dry run. */
export class StartReplayRequest {
  @StringField({ min: 1, max: 200, description: 'The consumer, as the list of consumers shows it.', example: 'deal-activity' })
  consumer!: string;

  @BooleanField({ optional: true, default: false, description: 'Only count; the answer has the token for the replay.' })
  dry_run = false;

  @StringField({ min: 1, max: 2_000, optional: true, description: 'Of a dry run of the last 15 minutes; its range is replayed.' })
  token?: string;

  @IntegerField({ min: 1, max: MAX_POSITION, optional: true, description: 'The first position; 1 unless given.', example: 1 })
  from_position?: number;

  @IntegerField({
    min: 0,
    max: MAX_POSITION,
    optional: true,
    description: 'The last position. Without it the replay goes on until it meets the cursor of the consumer.',
  })
  to_position?: number;

  @DateTimeField({ optional: true, description: 'Events that were published at this instant or later; not with `from_position`.' })
  since?: string;

  @DateTimeField({ optional: true, description: 'Events that were published before this instant; not with `to_position`.' })
  before?: string;

  @IntegerField({
    min: REPLAY_RATE.min,
    max: REPLAY_RATE.max,
    optional: true,
    default: REPLAY_RATE.default,
    description: 'Events a second at most.',
  })
  rate: number = REPLAY_RATE.default;

  @StringField({ optional: true, max: 1_000, description: 'Kept with the replay and in the audit log.', example: 'Rebuild the activity.' })
  reason?: string;
}

/** Why a replay is cancelled. */
export class CancelReplayRequest {
  @StringField({ optional: true, max: 1_000, description: 'Kept in the audit log.', example: 'The wrong range.' })
  reason?: string;
}
