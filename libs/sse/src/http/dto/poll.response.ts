import { ArrayField, BooleanField, EnumField, IntegerField, ObjectField, StringField } from '#zakops/http';
import { RESET_REASONS } from '../../wire/reset-reason.js';
import type { ResetReason } from '../../wire/reset-reason.js';
import { CloudEventResponse } from './cloud-event.response.js';

/** Why a poll did not go on from its `since`, in the words of the stream. */
export class PollReset {
  @EnumField(RESET_REASONS, 'ResetReason', {
    description:
      '`epoch_changed`: `since` belongs to another log, before a restore or a failover. `too_old`: what came after it is gone. ' +
      '`unknown_id`: it lies beyond the end.',
  })
  reason!: ResetReason;
}

/** What one poll found. */
export class PollResponse {
  @ArrayField(() => CloudEventResponse, { description: 'Oldest first: the rows and the form of the stream.' })
  events!: CloudEventResponse[];

  @StringField({
    description: 'What to send as `since` next time: opaque, and an `id:` from which a stream goes on as well.',
    example: '5c0f7a31e9d2-42',
  })
  next_since!: string;

  @ObjectField(() => PollReset, {
    nullable: true,
    description:
      'Null unless this poll could not go on from `since`: the events are the newest ones then, and others may have been missed.',
  })
  reset!: PollReset | null;

  @IntegerField({ description: 'How long to wait before the next poll when this one found nothing.', example: 5000 })
  polling_interval_ms!: number;

  @BooleanField({ description: 'True while streams are refused because this process holds as many as it may.' })
  degraded_mode!: boolean;
}
