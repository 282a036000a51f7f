import { DateTimeField, IntegerField, StringField } from '#zakops/http';

/** A loop of a worker that fails every time. */
export class FailingLoopResponse {
  @StringField({ description: '`publishing`, `lease`, or `consumer:` and its name; others may come.', example: 'publishing' })
  loop!: string;

  @DateTimeField({ description: 'When the first of these failed turns began.' })
  since!: string;

  @IntegerField({ min: 0, description: 'Failed turns in a row; 0 while the first one has not ended yet.' })
  failures!: number;

  @StringField({ description: 'The error of the last turn.', example: 'DatabaseError 42501: permission denied for table event_log' })
  error!: string;

  @StringField({ description: 'The worker: host, process id and a random part.' })
  process!: string;
}
