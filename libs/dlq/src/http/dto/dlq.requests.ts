import { IntegerField, StringField, UuidField } from '#zakops/http';

/** The path of one dead letter. */
export class DeadLetterPath {
  @UuidField()
  id!: string;
}

/** Why an operator changes the queue. */
export class ReasonRequest {
  @StringField({ optional: true, max: 1_000, description: 'Kept with the operation.', example: 'The mail server is back.' })
  reason?: string;
}

/** What to purge. */
export class PurgeOldRequest extends ReasonRequest {
  @IntegerField({
    min: 0,
    max: 36_500,
    optional: true,
    default: 30,
    description: 'Dead letters that failed longer ago than this many days.',
  })
  days = 30;
}
