import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * One row of `zakops.outbox`: the delivery of one event to one consumer.
 *
 * @remarks For reading. Its status is written by `#zakops/outbox` alone.
 */
@Entity({ schema: 'zakops', name: 'outbox' })
export class OutboxTicketEntity {
  @PrimaryColumn('uuid', { name: 'event_id' })
  eventId!: string;

  @PrimaryColumn('text')
  consumer!: string;

  /** Order within the consumer; int8 comes as text from the driver. */
  @Column('bigint')
  ordinal!: string;

  @Column('text', { name: 'event_type' })
  eventType!: string;

  @Column('bigint')
  stream!: string;

  @Column('text')
  status!: string;

  @Column('smallint')
  attempts!: number;

  @Column('timestamptz', { name: 'due_at' })
  dueAt!: Date;

  @Column('text', { nullable: true })
  owner!: string | null;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  @Column('bigint', { nullable: true })
  fence!: string | null;

  @Column('text', { name: 'reason_code', nullable: true })
  reasonCode!: string | null;

  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  @Column('timestamptz', { name: 'first_failed_at', nullable: true })
  firstFailedAt!: Date | null;

  @Column('timestamptz', { name: 'last_attempt_at', nullable: true })
  lastAttemptAt!: Date | null;

  @Column('timestamptz', { name: 'delivered_at', nullable: true })
  deliveredAt!: Date | null;

  @Column('smallint', { name: 'replay_count' })
  replayCount!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
