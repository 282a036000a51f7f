import { EnumField, LIMIT_DESCRIPTION, IntegerField, StringField, UuidField } from '#zakops/http';
import type { TicketFilter, TicketListFilter } from '../../ticket-admin/ticket-filter.js';
import { OPEN_STATUSES } from '../../ticket-admin/ticket.view.js';
import type { OpenStatus } from '../../ticket-admin/ticket.view.js';

/** Narrows tickets; everything is compared as a whole. */
export class TicketFilterParams {
  @StringField({ optional: true, min: 1, max: 200, example: 'deal-activity' })
  consumer?: string;

  @StringField({ optional: true, min: 1, max: 100, example: 'deal.stage_changed' })
  event_type?: string;

  @StringField({ optional: true, min: 1, max: 100, example: 'DEAL-000001' })
  aggregate_id?: string;

  @StringField({
    optional: true,
    min: 1,
    max: 40,
    description: 'What the last failure has in common with others of its kind.',
    example: 'fp1:0123456789abcdef',
  })
  fingerprint?: string;
}

/** The parameters of the list of tickets. */
export class ListTicketsParams extends TicketFilterParams {
  @EnumField(OPEN_STATUSES, 'OpenTicketStatus', { optional: true, description: 'All three without it.' })
  status?: OpenStatus;

  @UuidField({ optional: true, description: 'The id of a ticket or of a pause: those that stand behind it.' })
  waits_for?: string;

  @IntegerField({ min: 1, max: 200, optional: true, default: 50, description: LIMIT_DESCRIPTION })
  limit = 50;

  @StringField({ min: 1, max: 2_000, optional: true, description: '`next_cursor` of the page before.' })
  cursor?: string;
}

/** From the parameters to the filter. */
export function toTicketFilter(params: TicketFilterParams): TicketFilter {
  return {
    consumer: params.consumer,
    eventType: params.event_type,
    aggregateId: params.aggregate_id,
    fingerprint: params.fingerprint,
  };
}

/** From the parameters of the list to the filter. */
export function toTicketListFilter(params: ListTicketsParams): TicketListFilter {
  return { ...toTicketFilter(params), status: params.status, waitsFor: params.waits_for };
}
