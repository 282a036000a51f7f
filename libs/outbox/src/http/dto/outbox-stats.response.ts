import { FailingLoopResponse } from '#zakops/health';
import { ArrayField, BooleanField, DateTimeField, EnumField, IntegerField, NumberField, ObjectField, StringField } from '#zakops/http';

import { PauseResponse } from './pauses.responses.js';

/** Tickets by state, zeros included. */
export class TicketCountsResponse {
  @IntegerField({ min: 0, description: 'Not tried yet, or given back.' })
  pending!: number;

  @IntegerField({ min: 0, description: 'In the hands of a consumer.' })
  processing!: number;

  @IntegerField({ min: 0, description: 'Ever delivered: a counter, which keeps what was purged since.' })
  delivered!: number;

  @IntegerField({ min: 0, description: 'Wait for their retry.' })
  failed!: number;

  @IntegerField({ min: 0, description: 'Dead letters.' })
  dead!: number;
}

/** What the nightly comparison of the counter with the log found last. */
export class DeliveredCheckResponse {
  @DateTimeField()
  checked_at!: string;

  @IntegerField({ min: 0, description: 'Events of the log that the consumer was given.' })
  counted!: number;

  @IntegerField({ description: 'Counted minus counter; less than zero after retention has removed events.' })
  difference!: number;

  @BooleanField({ description: 'The counter was too small, and was raised.' })
  corrected!: boolean;
}

/** The tickets of one consumer. */
export class ConsumerStatsResponse {
  @StringField({ description: '`log` for publication.', example: 'deal-activity' })
  consumer!: string;

  @ObjectField(() => TicketCountsResponse)
  by_status!: TicketCountsResponse;

  @IntegerField({ min: 0, description: 'Pending behind an event of their aggregate that is in work or waits for its retry.' })
  waiting_count!: number;

  @IntegerField({ min: 0, description: 'Pending and due for more than one hour.' })
  stuck_count!: number;

  @IntegerField({ min: 0, description: 'Deliveries that failed at least once and wait for their next attempt, or are in it.' })
  failing_count!: number;

  @DateTimeField({ nullable: true, description: 'When the first of them failed for the first time; null when there is none.' })
  failing_since!: string | null;

  @NumberField({ min: 0, nullable: true, description: 'Of the oldest due ticket that nothing holds back; null when there is none.' })
  oldest_due_age_seconds!: number | null;

  @DateTimeField({ nullable: true })
  last_delivered_at!: string | null;

  @ObjectField(() => DeliveredCheckResponse, { nullable: true, description: 'Null before the first night.' })
  delivered_check!: DeliveredCheckResponse | null;
}

/** Averages of the last minute. */
export class OutboxRatesResponse {
  @IntegerField({ min: 1 })
  window_seconds!: number;

  @NumberField({ min: 0, nullable: true, description: 'Events appended; null until this process has watched for a second.' })
  in_per_second!: number | null;

  @NumberField({ min: 0, description: 'Events published.' })
  published_per_second!: number;

  @NumberField({ min: 0, description: 'Tickets delivered to consumers.' })
  delivered_per_second!: number;
}

/** The active worker. */
export class OutboxLeaderResponse {
  @StringField({ nullable: true, description: 'Host, process id and a random part; null before the first worker.' })
  owner!: string | null;

  @IntegerField({ min: 0, description: 'Grows with every change of owner.' })
  fence!: number;

  @DateTimeField({ nullable: true })
  since!: string | null;

  @DateTimeField({ nullable: true })
  last_heartbeat_at!: string | null;

  @BooleanField({ description: 'The lease holds.' })
  alive!: boolean;

  @IntegerField({
    min: 0,
    description: 'Workers in a row that did not give the lease back; 0 again once a worker has been active for a minute.',
  })
  unclean_ends!: number;
}

/** The state of the event layer. */
export class OutboxStatsResponse {
  @ObjectField(() => TicketCountsResponse)
  by_status!: TicketCountsResponse;

  @IntegerField({ min: 0, description: 'Pending and due for more than one hour.' })
  stuck_count!: number;

  @BooleanField({
    description:
      'A worker is active, nothing is paused, no loop and no delivery fails, nothing is dead or stuck, and nothing deliverable has been due for more than a minute.',
  })
  healthy!: boolean;

  @StringField({ description: 'The same in one sentence.' })
  summary!: string;

  @ArrayField(() => FailingLoopResponse, { description: 'Loops of living workers that fail every time; the longest first.' })
  failing!: FailingLoopResponse[];

  @NumberField({ min: 0, nullable: true, description: 'Of the oldest due ticket that nothing holds back; null when there is none.' })
  oldest_due_age_seconds!: number | null;

  @IntegerField({ min: 0, description: 'Pending behind an event of their aggregate that is in work or waits for its retry.' })
  waiting_count!: number;

  @ObjectField(() => OutboxRatesResponse)
  rates!: OutboxRatesResponse;

  @ArrayField(() => ConsumerStatsResponse)
  consumers!: ConsumerStatsResponse[];

  @IntegerField({ min: 0, description: 'Attempts at deliveries, failed ones included, since the active worker began.' })
  attempts!: number;

  @IntegerField({
    min: 0,
    description: 'Attempts that failed, since the active worker began: each waits for its retry or left a dead letter.',
  })
  failed_attempts!: number;

  @IntegerField({
    min: 0,
    description: 'Work that was refused at its end because another worker had taken it over: of all workers alive, since each began.',
  })
  fenced_acknowledgements!: number;

  @IntegerField({ min: 0, description: 'Tickets taken back from workers that were gone, since the active worker began.' })
  lease_recoveries!: number;

  @ObjectField(() => OutboxLeaderResponse)
  leader!: OutboxLeaderResponse;

  @DateTimeField({
    nullable: true,
    description: 'When the worker last looked through the outbox with success, after a notice or at its interval.',
  })
  last_poll_at!: string | null;

  @EnumField(['listen', 'poll'], 'WakeMode', { nullable: true, description: 'How the worker learns of new work.' })
  wake_mode!: 'listen' | 'poll' | null;

  @IntegerField({ min: 0, description: 'The last position of the event log.' })
  log_position!: number;

  @ArrayField(() => PauseResponse, { description: 'The pauses of deliveries that are in force, the oldest first.' })
  pauses!: PauseResponse[];
}
