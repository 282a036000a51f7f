import { ArrayField, BooleanField, IntegerField } from '#zakops/http';
import { CloudEventResponse } from './cloud-event.response.js';

/** What one poll found. */
export class PollResponse {
  @ArrayField(() => CloudEventResponse, { description: 'Oldest first: the rows and the form of the stream.' })
  events!: CloudEventResponse[];

  @IntegerField({
    min: 0,
    description: 'What to send as `since` next time. Below the `since` that was sent when the log is another one: start over.',
    example: 42,
  })
  next_since!: number;

  @IntegerField({ description: 'How long to wait before the next poll when this one found nothing.', example: 5000 })
  polling_interval_ms!: number;

  @BooleanField({ description: 'True while streams are refused because this process holds as many as it may.' })
  degraded_mode!: boolean;
}
