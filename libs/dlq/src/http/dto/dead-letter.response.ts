import { ArrayField, DateTimeField, IntegerField, JsonField, StringField, UuidField } from '#zakops/http';

/** A ticket that is dead: one event, one consumer. */
export class DeadLetterResponse {
  @UuidField({ description: 'Stable for this event and consumer, also after a redrive.' })
  id!: string;

  @StringField()
  correlation_id!: string;

  @StringField({ example: 'deal.stage_changed' })
  event_type!: string;

  @JsonField({ description: 'The payload.' })
  event_data!: unknown;

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
}

/** One failed attempt. */
export class DeadLetterAttemptResponse {
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
  @StringField({ description: '`retry`, `retry_all`, `purge`, `purge_old`, `undo`, `restore` or `resubmit`.', example: 'retry' })
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
  @ArrayField(() => DeadLetterAttemptResponse, { description: 'Failed attempts, oldest first.' })
  attempt_history!: DeadLetterAttemptResponse[];

  @ArrayField(() => DeadLetterOperationResponse, { description: 'What operators did to the dead letter, oldest first.' })
  operations!: DeadLetterOperationResponse[];
}
