import { DateTimeField, StringField } from '#zakops/http';
import type { DeadTicketFilter } from '#zakops/outbox';

/** What a list or a redrive of dead letters may be narrowed to; everything is compared as a whole but `q`. */
export class DeadLetterFilterRequest {
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

  @DateTimeField({ optional: true, description: 'Failed for the last time at this instant or later.' })
  failed_after?: string;

  @DateTimeField({ optional: true, description: 'Failed for the last time before this instant.' })
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
export function toDeadTicketFilter(request: DeadLetterFilterRequest): DeadTicketFilter {
  return {
    correlationId: request.correlation_id,
    eventType: request.event_type,
    consumer: request.consumer,
    aggregateType: request.aggregate_type,
    aggregateId: request.aggregate_id,
    reasonCode: request.reason_code,
    failedAfter: request.failed_after,
    failedBefore: request.failed_before,
    errorText: request.q,
  };
}
