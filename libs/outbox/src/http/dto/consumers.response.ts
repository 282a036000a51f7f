import { ArrayField, BooleanField, DateTimeField, EnumField, IntegerField, ObjectField, StringField } from '#zakops/http';
import { CONSUMER_STATES } from '../../consumer-admin/consumer.view.js';
import type { ConsumerState } from '../../consumer-admin/consumer.view.js';

/** The path of one consumer. */
export class ConsumerPath {
  @StringField({ min: 1, max: 200, description: 'Its name, as the list shows it.', example: 'deal-activity' })
  name!: string;
}

/** Why an operator removes a consumer. */
export class RemoveConsumerRequest {
  @StringField({ optional: true, max: 1_000, description: 'Kept in the audit log.', example: 'Replaced by webhooks.' })
  reason?: string;
}

/** Tickets of a consumer that are not delivered, zeros included. */
export class ConsumerTicketsResponse {
  @IntegerField({ min: 0, description: 'Wait behind another ticket of their aggregate, or were redriven.' })
  pending!: number;

  @IntegerField({ min: 0, description: 'In the hands of the consumer, after a crash.' })
  processing!: number;

  @IntegerField({ min: 0, description: 'Wait for their retry.' })
  failed!: number;

  @IntegerField({ min: 0, description: 'Dead letters.' })
  dead!: number;
}

/** One consumer. */
export class ConsumerResponse {
  @StringField({ example: 'deal-activity' })
  name!: string;

  @EnumField(CONSUMER_STATES, 'ConsumerState', {
    description:
      '`registered`: no worker of this version has run it yet. `active`: the log is kept for it. `removed`: by an administrator.',
  })
  state!: ConsumerState;

  @StringField({ nullable: true, description: 'Regular expression of the event types that it wants.', example: '^deal\\.' })
  pattern!: string | null;

  @IntegerField({ min: 0, description: 'Every event up to this position was delivered or has a ticket.' })
  position!: number;

  @IntegerField({ min: 0, description: 'Positions from there to the end of the log; 0 when it is removed.' })
  lag!: number;

  @IntegerField({ min: 0, description: 'Events delivered since it began.' })
  delivered!: number;

  @ObjectField(() => ConsumerTicketsResponse)
  tickets!: ConsumerTicketsResponse;

  @BooleanField({ description: 'The active worker says that it runs it. What does not run can be removed.' })
  running!: boolean;

  @BooleanField({ description: 'A worker of version 0.3 delivers to it, by a ticket for each event.' })
  by_tickets!: boolean;

  @StringField({
    nullable: true,
    description: 'Regular expression of the event types whose dead letters hold back later events of their aggregate; null for none.',
    example: '^(?:.*)$',
  })
  blocking_types!: string | null;

  @DateTimeField()
  registered_at!: string;

  @DateTimeField({ nullable: true })
  last_delivered_at!: string | null;
}

/** All consumers. */
export class ConsumerListResponse {
  @ArrayField(() => ConsumerResponse, { description: 'By name, removed ones included.' })
  consumers!: ConsumerResponse[];
}

/** A consumer is removed. */
export class ConsumerRemovedResponse {
  @EnumField(['removed'], 'RemovedStatus')
  status!: 'removed';

  @StringField({ example: 'deal-activity' })
  consumer!: string;
}
