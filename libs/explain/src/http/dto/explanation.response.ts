import { ArrayField, BooleanField, DateTimeField, EnumField, IntegerField, ObjectField, StringField, UuidField } from '#zakops/http';
import { DELIVERY_STATES } from '../../domain/delivery-facts.js';
import type { DeliveryState } from '../../domain/delivery-facts.js';

const TRACE = { nullable: true, example: '4bf92f3577b34da6a3ce929d0e0e4736' } as const;
const WORKER = { nullable: true, example: 'worker-1/4711/0f3a9c2e' } as const;

/** The path of one event. */
export class ExplainedEventPath {
  @UuidField()
  id!: string;
}

/** An event without its payload. */
export class ExplainedEventResponse {
  @UuidField()
  id!: string;

  @StringField({ example: 'deal.stage_changed' })
  type!: string;

  @StringField({ example: 'deal' })
  aggregate_type!: string;

  @StringField({ example: 'DEAL-000001' })
  aggregate_id!: string;

  @IntegerField({ min: 1, description: 'Its number within the aggregate.' })
  aggregate_sequence!: number;

  @StringField({ example: 'DEAL-000001' })
  correlation_id!: string;

  @StringField({ nullable: true, description: 'The event that caused it, if a consumer made it.', example: null })
  causation_id!: string | null;

  @StringField({ ...TRACE, description: 'The trace of the request.' })
  trace_id!: string | null;

  @StringField({ example: 'user:dev@zakops.local' })
  actor!: string;

  @DateTimeField({ description: 'The start of the transaction that made the change.' })
  occurred_at!: string;
}

/** The call that made the change, from its audit entry. */
export class ExplainedCallResponse {
  @UuidField()
  audit_id!: string;

  @DateTimeField()
  at!: string;

  @StringField({ example: 'user:dev@zakops.local' })
  actor!: string;

  @StringField({ example: 'deal.stage_changed' })
  action!: string;

  @StringField({ nullable: true, example: 'POST' })
  method!: string | null;

  @StringField({ nullable: true, example: '/api/deals/DEAL-000001/transition' })
  path!: string | null;

  @StringField(TRACE)
  trace_id!: string | null;
}

/** When and by which worker the event got its position. */
export class ExplainedPublicationResponse {
  @IntegerField({ min: 1 })
  position!: number;

  @DateTimeField()
  at!: string;

  @IntegerField({ description: 'Milliseconds from the start of the transaction to publication.' })
  after_ms!: number;

  @StringField({ ...WORKER, description: 'Null for events from before workers noted their terms.' })
  worker!: string | null;

  @IntegerField({ min: 1, nullable: true, description: 'The fencing number of that worker.' })
  fence!: number | null;
}

/** One failed attempt of a delivery. */
export class ExplainedAttemptResponse {
  @IntegerField({ min: 1, description: 'Counts from 1 over all redrives.' })
  number!: number;

  @DateTimeField()
  at!: string;

  @IntegerField({ min: 0 })
  duration_ms!: number;

  @StringField({ example: 'timeout' })
  reason_code!: string;

  @StringField({ example: 'The database refused a statement.' })
  error!: string;

  @StringField({ nullable: true, example: 'fp1:3f9c0d5e1a7b2846' })
  fingerprint!: string | null;

  @StringField(WORKER)
  worker!: string | null;

  @StringField(TRACE)
  trace_id!: string | null;
}

/** The ticket that has to go first. */
export class ExplainedBehindResponse {
  @UuidField()
  event_id!: string;

  @StringField({ example: 'deal.updated' })
  event_type!: string;

  @StringField({ example: 'failed', description: '`pending`, `processing`, `failed` or `dead`.' })
  status!: string;

  @IntegerField({ min: 0 })
  attempts!: number;
}

/** The pause that holds the event back. */
export class ExplainedPauseResponse {
  @UuidField()
  id!: string;

  @StringField({ example: 'consumer' })
  scope!: string;

  @DateTimeField()
  until!: string;

  @StringField({ example: 'The mail server is away.' })
  reason!: string;
}

/** What an operator last did to the dead letter. */
export class ExplainedOperationResponse {
  @StringField({ example: 'retry' })
  kind!: string;

  @StringField({ example: 'user:dev@zakops.local' })
  actor!: string;

  @DateTimeField()
  at!: string;
}

/** The event at one consumer. */
export class ExplainedDeliveryResponse {
  @StringField({ example: 'deal-activity' })
  consumer!: string;

  @EnumField(DELIVERY_STATES, 'DeliveryState', {
    description:
      'By the tickets, the cursor and the pattern of the consumer. An event at or before the cursor without a ticket is delivered.',
  })
  state!: DeliveryState;

  @StringField({ example: 'deal-activity has it.' })
  sentence!: string;

  @BooleanField({ description: 'Something has to happen before the consumer has it.' })
  waits!: boolean;

  @IntegerField({ min: 0, description: 'Where the consumer stands.' })
  cursor!: number;

  @UuidField({ nullable: true, description: 'Its dead letter, of now or of before.' })
  dead_letter_id!: string | null;

  @ObjectField(() => ExplainedBehindResponse, { nullable: true })
  behind!: ExplainedBehindResponse | null;

  @ObjectField(() => ExplainedPauseResponse, { nullable: true })
  pause!: ExplainedPauseResponse | null;

  @ObjectField(() => ExplainedOperationResponse, { nullable: true })
  last_operation!: ExplainedOperationResponse | null;

  @ArrayField(() => ExplainedAttemptResponse, { description: 'Failed attempts, oldest first.' })
  attempts!: ExplainedAttemptResponse[];
}

/** How far the processes that feed the streams have read the log. */
export class ExplainedStreamsResponse {
  @IntegerField({ min: 0, description: 'API processes that are alive.' })
  processes!: number;

  @IntegerField({ min: 0, description: 'Those that have passed the position, by heartbeats that are at most five seconds old.' })
  passed!: number;

  @IntegerField({ min: 0, description: 'Streams that are open now.' })
  connections!: number;

  @StringField()
  sentence!: string;
}

/** The way of an event from the request to its effects. */
export class ExplanationResponse {
  @StringField({
    description: 'What became of it, in one sentence.',
    example: 'It is published and delivered to all 2 consumers that want it.',
  })
  summary!: string;

  @StringField({ nullable: true, description: 'What it waits for; null when it waits for nothing.', example: null })
  waits_for!: string | null;

  @ObjectField(() => ExplainedEventResponse)
  event!: ExplainedEventResponse;

  @ObjectField(() => ExplainedCallResponse, { nullable: true, description: 'Null for events of consumers and of the system.' })
  call!: ExplainedCallResponse | null;

  @ObjectField(() => ExplainedPublicationResponse, { nullable: true, description: 'Null until it is published.' })
  publication!: ExplainedPublicationResponse | null;

  @ArrayField(() => ExplainedDeliveryResponse, { description: 'One for each consumer that the database knows, by name.' })
  deliveries!: ExplainedDeliveryResponse[];

  @ObjectField(() => ExplainedStreamsResponse)
  streams!: ExplainedStreamsResponse;
}
