import { IntegerField, LIMIT_DESCRIPTION, OFFSET_DESCRIPTION, StringField } from '#zakops/http';

/** Names a correlation. */
export class CorrelationPath {
  @StringField({ min: 1, max: 100, pattern: /^[\w-]+$/, patternHint: 'must be 1 to 100 letters, digits, _ or -', example: 'DEAL-000001' })
  correlation_id!: string;
}

/** What the list of a correlation's events may be asked for. */
export class CorrelationParams {
  @IntegerField({ min: 1, max: 500, optional: true, default: 100, description: LIMIT_DESCRIPTION })
  limit = 100;

  @IntegerField({
    min: 0,
    max: 1_000_000,
    optional: true,
    default: 0,
    deprecated: 'offset',
    description: `${OFFSET_DESCRIPTION} A \`cursor\` neither slows down nor shifts.`,
  })
  offset = 0;

  @StringField({ min: 1, max: 2_000, optional: true, description: 'Where to go on: the `X-Next-Cursor` of the page before.' })
  cursor?: string;
}
