import { ArrayField, DateTimeField, IntegerField, ObjectField, StringField, UuidField } from '#zakops/http';
import { FailureReasonResponse } from './dead-letter.response.js';

/** The dead letter of a group that failed last. */
export class FailureGroupSampleResponse {
  @UuidField()
  id!: string;

  @UuidField()
  event_id!: string;

  @StringField({ example: 'deal' })
  aggregate_type!: string;

  @StringField({ example: 'DEAL-000001' })
  aggregate_id!: string;

  @StringField()
  correlation_id!: string;

  @DateTimeField()
  failed_at!: string;
}

/** Dead letters that failed in the same way. What is null was not written down, as by version 0.4.0. */
export class FailureGroupResponse extends FailureReasonResponse {
  @StringField({
    description: 'Names the group in filters. `fp0:` is for failures of version 0.4.0, which are grouped by their text.',
    example: 'fp1:3f9c0d5e1a7b2846',
  })
  fingerprint!: string;

  @IntegerField({ min: 1, description: 'Its dead letters.', example: 12 })
  count!: number;

  @IntegerField({ min: 1, description: 'Deals, or other aggregates, whose events they are.', example: 9 })
  aggregates!: number;

  @DateTimeField({ description: 'When the first of them failed for the first time.' })
  first_failed_at!: string;

  @DateTimeField({ description: 'When the last of them failed for the last time.' })
  last_failed_at!: string;

  @StringField({ example: 'deal-activity' })
  consumer!: string;

  @StringField({ example: 'deal.stage_changed' })
  event_type!: string;

  @StringField({ nullable: true, example: 'database_error' })
  reason_code!: string | null;

  @ArrayField('integer', {
    minItems: 24,
    maxItems: 24,
    description:
      'For each of the last 24 hours, oldest first, how many of them failed for the last time then. The last number is the last 60 minutes.',
    example: [...Array.from({ length: 22 }, () => 0), 3, 9],
  })
  trend!: number[];

  @ObjectField(() => FailureGroupSampleResponse, { description: 'The dead letter that failed last.' })
  sample!: FailureGroupSampleResponse;
}

/** A page of the list of groups. */
export class FailureGroupListResponse {
  @ArrayField(() => FailureGroupResponse)
  groups!: FailureGroupResponse[];

  @IntegerField({ min: 0, description: 'All groups of what fits the filter.' })
  total!: number;

  @IntegerField({ min: 0, description: 'All dead letters that fit the filter.' })
  dead_letters!: number;

  @IntegerField({ min: 1 })
  limit!: number;

  @StringField({ nullable: true, description: 'The `cursor` of the next page; null at the end.' })
  next_cursor!: string | null;
}
