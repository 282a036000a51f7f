import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row of `zakops.events`: something that happened. Written once, never changed. */
@Entity({ schema: 'zakops', name: 'events' })
export class EventEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  type!: string;

  @Column('smallint', { name: 'schema_version' })
  schemaVersion!: number;

  @Column('text', { name: 'aggregate_type' })
  aggregateType!: string;

  @Column('text', { name: 'aggregate_id' })
  aggregateId!: string;

  /** int8 comes as text from the driver. */
  @Column('bigint', { name: 'aggregate_seq' })
  aggregateSeq!: string;

  @Column('jsonb')
  data!: unknown;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  @Column('text', { name: 'causation_id', nullable: true })
  causationId!: string | null;

  @Column('text', { nullable: true })
  traceparent!: string | null;

  @Column('text')
  actor!: string;

  @Column('timestamptz', { name: 'occurred_at' })
  occurredAt!: Date;
}
