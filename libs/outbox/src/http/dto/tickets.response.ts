import { ArrayField, DateTimeField, EnumField, IntegerField, ObjectField, StringField, UuidField } from '#zakops/http';
import { OPEN_STATUSES } from '../../ticket-admin/ticket.view.js';
import type { OpenStatus, WaitsFor } from '../../ticket-admin/ticket.view.js';

/** The path of one ticket. */
export class TicketPath {
  @UuidField({ description: 'As the list shows it.' })
  id!: string;
}

/** Why an operator has tickets tried now. */
export class TryNowRequest {
  @StringField({ optional: true, max: 1_000, description: 'Kept in the audit log.', example: 'The table is back.' })
  reason?: string;
}

/** What a ticket stands behind. */
export class WaitsForResponse {
  @EnumField(['ticket', 'pause'], 'WaitsForKind')
  kind!: WaitsFor['kind'];

  @UuidField({ description: 'Of the ticket, or of the pause.' })
  id!: string;

  @StringField({
    description: 'The same in one sentence.',
    example:
      'It stands behind ticket 4fc5106d-0dc0-3691-3356-88d7064f3758, which failed, and whose next try is due 2026-11-28T02:14:48.000Z.',
  })
  text!: string;
}

/** A delivery that is still to be made: one event, one consumer. */
export class TicketResponse {
  @UuidField({ description: 'Stable for this event and consumer; as a dead letter it has the same.' })
  id!: string;

  @UuidField()
  event_id!: string;

  @StringField({ example: 'deal.stage_changed' })
  event_type!: string;

  @StringField({ example: 'deal-activity' })
  consumer!: string;

  @StringField({ example: 'deal' })
  aggregate_type!: string;

  @StringField({ example: 'DEAL-000001' })
  aggregate_id!: string;

  @StringField({ example: 'DEAL-000001' })
  correlation_id!: string;

  @IntegerField({ min: 1, description: "The event's place in the log." })
  position!: number;

  @EnumField(OPEN_STATUSES, 'OpenTicketStatus', {
    description:
      '`pending`: stands behind another one, or was redriven. `failed`: waits for its next attempt. `processing`: in hand, after a crash.',
  })
  status!: OpenStatus;

  @IntegerField({ min: 0, description: 'Attempts since the ticket was made or last redriven.' })
  attempts!: number;

  @IntegerField({ min: 1, description: 'After the last of them it is a dead letter.' })
  max_attempts!: number;

  @IntegerField({ min: 0, description: 'How often it was redriven.' })
  replay_count!: number;

  @DateTimeField({ nullable: true, description: 'When it is delivered next; null while it stands behind another ticket.' })
  due_at!: string | null;

  @DateTimeField({ nullable: true })
  first_failed_at!: string | null;

  @DateTimeField({ nullable: true })
  last_attempt_at!: string | null;

  @StringField({ nullable: true, description: 'Stable reason of the last failure.', example: 'timeout' })
  reason_code!: string | null;

  @StringField({ nullable: true, max: 500, example: 'The database refused a statement.' })
  last_error!: string | null;

  @StringField({ nullable: true, description: 'Groups failures of one kind.', example: 'fp1:0123456789abcdef' })
  fingerprint!: string | null;

  @ObjectField(() => WaitsForResponse, { nullable: true, description: 'Null when it is the next one of its aggregate, and not paused.' })
  waits_for!: WaitsForResponse | null;
}

/** A page of the list. */
export class TicketListResponse {
  @ArrayField(() => TicketResponse)
  tickets!: TicketResponse[];

  @IntegerField({ min: 1 })
  limit!: number;

  @StringField({ nullable: true, description: 'The `cursor` of the next page; null at the end.' })
  next_cursor!: string | null;
}

/** One ticket is due. */
export class TriedTicketResponse {
  @StringField({ example: 'due' })
  status!: 'due';

  @UuidField()
  ticket_id!: string;

  @StringField({ example: 'deal-activity' })
  consumer!: string;

  @DateTimeField({ nullable: true, description: 'Now, or earlier when it was due already.' })
  due_at!: string | null;
}

/** Tickets are due. */
export class TriedTicketsResponse {
  @StringField({ example: 'due' })
  status!: 'due';

  @IntegerField({ min: 0, description: 'Tickets that are due now and were not.' })
  count!: number;

  @IntegerField({
    min: 0,
    description:
      'Failed tickets that fit and are not due: they stand behind another one or a pause, a worker holds them, or the time was over.',
  })
  remaining!: number;
}
