import { DateTimeField, StringField } from '#zakops/http';
import type { DeadLetterFilter } from '#zakops/outbox';

/** The form of a fingerprint: `fp`, its version, and 16 hexadecimal digits. */
export const FINGERPRINT = /^fp\d:[0-9a-f]{16}$/;

/** Narrows a list or a redrive of dead letters; everything is compared as a whole but `q`. */
export class DeadLetterFilterParams {
  @StringField({ optional: true, min: 1, max: 100 })
  correlation_id?: string;

  @StringField({ optional: true, min: 1, max: 100, example: 'deal.stage_changed' })
  event_type?: string;

  @StringField({ optional: true, min: 1, max: 100, example: 'deal-activity' })
  consumer?: string;

  @StringField({ optional: true, min: 1, max: 50, example: 'deal' })
  aggregate_type?: string;

  @StringField({ optional: true, min: 1, max: 100, example: 'DEAL-000001' })
  aggregate_id?: string;

  @StringField({ optional: true, min: 1, max: 100, example: 'timeout' })
  reason_code?: string;

  @StringField({
    optional: true,
    max: 20,
    pattern: FINGERPRINT,
    patternHint: 'must be a fingerprint as the list of groups shows it: fp1:3f9c0d5e1a7b2846',
    description: 'The failure group, as the list of groups shows it.',
    example: 'fp1:3f9c0d5e1a7b2846',
  })
  fingerprint?: string;

  @DateTimeField({ optional: true, description: 'The last attempt failed at this instant or later.' })
  failed_after?: string;

  @DateTimeField({ optional: true, description: 'The last attempt failed before this instant.' })
  failed_before?: string;

  @StringField({
    optional: true,
    min: 1,
    max: 200,
    description: 'Part of the error text. Case and the form of letters do not count, and no character is special.',
  })
  q?: string;
}

/** From the parameters to the filter. */
export function toDeadLetterFilter(params: DeadLetterFilterParams): DeadLetterFilter {
  return {
    correlationId: params.correlation_id,
    eventType: params.event_type,
    consumer: params.consumer,
    aggregateType: params.aggregate_type,
    aggregateId: params.aggregate_id,
    reasonCode: params.reason_code,
    fingerprint: params.fingerprint,
    failedAfter: params.failed_after,
    failedBefore: params.failed_before,
    errorText: params.q,
  };
}
