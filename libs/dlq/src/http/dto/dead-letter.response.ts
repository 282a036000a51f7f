import { ArrayField, DateTimeField, EnumField, IntegerField, JsonField, StringField, UuidField } from '#zakops/http';
import { DEAD_LETTER_STATES } from '../../dead-letter.view.js';
import type { DeadLetterState } from '../../dead-letter.view.js';

const FINGERPRINT = { nullable: true, example: 'fp1:3f9c0d5e1a7b2846' } as const;

/** A ticket that is dead, without its payload: one event, one consumer. */
export class DeadLetterSummaryResponse {
  @UuidField({ description: 'Stable for this event and consumer, also after a redrive.' })
  id!: string;

  @StringField()
  correlation_id!: string;

  @StringField({ example: 'deal.stage_changed' })
  event_type!: string;

  @IntegerField({ min: 0, description: 'Attempts since the ticket was made or last redriven.' })
  attempts!: number;

  @IntegerField({ min: 1 })
  max_attempts!: number;

  @StringField({ nullable: true, max: 500 })
  last_error!: string | null;

  @DateTimeField()
  created_at!: string;

  @DateTimeField({ description: 'The last attempt.' })
  failed_at!: string;

  @UuidField()
  event_id!: string;

  @StringField({ example: 'deal-activity' })
  consumer!: string;

  @StringField({ example: 'deal' })
  aggregate_type!: string;

  @StringField({ example: 'DEAL-000001' })
  aggregate_id!: string;

  @IntegerField({ min: 1, nullable: true, description: "The event's place in the log." })
  position!: number | null;

  @StringField({ nullable: true, description: 'Stable reason of the last failure.', example: 'timeout' })
  reason_code!: string | null;

  @DateTimeField({ nullable: true })
  first_failed_at!: string | null;

  @IntegerField({ min: 0, description: 'How often the ticket was redriven.' })
  replay_count!: number;

  @StringField({ ...FINGERPRINT, description: 'The failure group. Null after a retry, until the dead letter fails again.' })
  fingerprint!: string | null;
}

/** A ticket that is dead: one event, one consumer. */
export class DeadLetterResponse extends DeadLetterSummaryResponse {
  @JsonField({ description: 'The payload.' })
  event_data!: unknown;
}

/** Why a delivery failed: names of code and schema, and no value. */
export class FailureReasonResponse {
  @StringField({ nullable: true, description: 'The class of the error.', example: 'DatabaseError' })
  error_class!: string | null;

  @StringField({ nullable: true, description: 'The SQLSTATE of a database error.', example: '42P01' })
  sql_state!: string | null;

  @StringField({ nullable: true, description: 'The table that a database error names.', example: 'deal_activity' })
  table!: string | null;

  @StringField({ nullable: true, description: 'The constraint that a database error names.', example: null })
  constraint!: string | null;

  @StringField({
    nullable: true,
    description: 'The first stack frame in code of a feature.',
    example: 'RecordActivityWhenDealChanges.handleBatch (libs/deals/src/event-handlers/record-activity-when-deal-changes.handler.js:42)',
  })
  frame!: string | null;

  @StringField({
    nullable: true,
    description: 'The message with ids, numbers, quoted texts, addresses and instants replaced.',
    example: 'relation "zakops.deal_activity" does not exist',
  })
  message!: string | null;
}

/** One failed attempt; null is what version 0.4.0 did not write down. */
export class DeadLetterAttemptResponse extends FailureReasonResponse {
  @IntegerField({ min: 1, description: 'Counts from 1 over all redrives.' })
  number!: number;

  @UuidField({ nullable: true, description: 'The operation by which the dead letter was redriven before; null before the first redrive.' })
  redrive_id!: string | null;

  @StringField({ ...FINGERPRINT, description: 'The failure group.' })
  fingerprint!: string | null;

  @StringField({ nullable: true, description: 'The process that made the attempt.', example: 'worker-1/4711/0f3a9c2e' })
  worker!: string | null;

  @StringField({ nullable: true, description: 'The trace in which the event was made.', example: '4bf92f3577b34da6a3ce929d0e0e4736' })
  event_trace_id!: string | null;

  @StringField({
    nullable: true,
    description: 'The trace of the attempt: that of the event, if it has one.',
    example: '4bf92f3577b34da6a3ce929d0e0e4736',
  })
  attempt_trace_id!: string | null;

  @IntegerField({ min: 1, description: 'Counts from 1 again after every redrive.' })
  attempt!: number;

  @IntegerField({ min: 0, description: 'How often the ticket had been redriven; 0 before the first redrive.' })
  replay!: number;

  @DateTimeField()
  started_at!: string;

  @IntegerField({ min: 0 })
  duration_ms!: number;

  @StringField()
  reason_code!: string;

  @StringField()
  error!: string;
}

/** Something an operator did to a dead letter. */
export class DeadLetterOperationResponse {
  @UuidField()
  id!: string;

  @StringField({ description: '`retry`, `retry_all`, `purge` or `purge_old`.', example: 'retry' })
  kind!: string;

  @StringField({ example: 'user:dev@zakops.local' })
  actor!: string;

  @StringField({ nullable: true })
  reason!: string | null;

  @DateTimeField()
  performed_at!: string;
}

/** A dead letter with its history. */
export class DeadLetterDetailsResponse extends DeadLetterResponse {
  @EnumField(DEAD_LETTER_STATES, 'DeadLetterState', {
    description:
      '`dead`: in the queue. After a retry `waiting`, `failed_again` until its next attempt, and `delivered`, or `dead` once more. ' +
      '`discarded` by an operator; `removed` with its consumer.',
    example: 'dead',
  })
  state!: DeadLetterState;

  @DateTimeField({ nullable: true, description: 'Null before the delivery, and once retention has removed the ticket.', example: null })
  delivered_at!: string | null;

  @DateTimeField({
    nullable: true,
    description: 'Null while it is not due, or waits behind an earlier event of its aggregate.',
    example: null,
  })
  next_attempt_at!: string | null;

  @ArrayField(() => DeadLetterAttemptResponse, { description: 'Failed attempts, oldest first.' })
  attempt_history!: DeadLetterAttemptResponse[];

  @ArrayField(() => DeadLetterOperationResponse, { description: 'What operators did to the dead letter, oldest first.' })
  operations!: DeadLetterOperationResponse[];
}
