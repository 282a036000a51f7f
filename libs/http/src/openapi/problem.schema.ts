import { ArrayField, IntegerField, ObjectField, StringField, DateTimeField } from '../fields/fields.js';
import { MAX_PROBLEM_TEXT } from '../problem/sanitise.js';

/** One wrong field of a request. */
export class ProblemField {
  @StringField({ description: 'JSON pointer into the body, or the name of a parameter.', example: '/new_stage' })
  pointer!: string;

  @StringField({ example: 'is required' })
  detail!: string;

  @StringField({ description: 'Stable reason.', example: 'REQUIRED' })
  code!: string;
}

/** One wrong field in the older error object. */
export class LegacyErrorDetail {
  @StringField({ example: 'new_stage' })
  field!: string;

  @StringField({ example: 'is required' })
  message!: string;

  @StringField({ example: 'REQUIRED' })
  code!: string;
}

/** The error object of the first version of this API, kept beside the problem members. */
export class LegacyError {
  @StringField({ example: 'NOT_FOUND' })
  code!: string;

  @StringField()
  message!: string;

  @ArrayField(() => LegacyErrorDetail)
  details!: LegacyErrorDetail[];

  @StringField({ description: 'Trace id of the request, 32 hex digits.' })
  trace_id!: string;

  @DateTimeField()
  timestamp!: string;
}

/** Every answer outside 2xx: problem details (RFC 9457). A problem may carry further members of its own. */
export class Problem {
  @StringField({ format: 'uri-reference', description: 'Stable per code.', example: '/problems/not-found' })
  type!: string;

  @StringField({ description: 'The same for every occurrence of the code.', example: 'Not found' })
  title!: string;

  @IntegerField({ min: 300, max: 599, example: 404 })
  status!: number;

  @StringField({ description: 'This occurrence.', max: MAX_PROBLEM_TEXT })
  detail!: string;

  @StringField({ format: 'uri-reference', description: 'The path that was asked for.' })
  instance!: string;

  @StringField({ description: 'Stable and documented.', example: 'NOT_FOUND' })
  code!: string;

  @StringField({ description: 'Trace id of the request, 32 hex digits; the same as in the log.' })
  traceId!: string;

  @ArrayField(() => ProblemField, { optional: true, description: 'What is wrong with the request, field by field.' })
  errors?: ProblemField[];

  @ObjectField(() => LegacyError, { deprecated: 'olderError' })
  error!: LegacyError;
}
