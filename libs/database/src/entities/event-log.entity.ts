import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row of `zakops.event_log`: a position. Written by the publishing step only, never changed. */
@Entity({ schema: 'zakops', name: 'event_log' })
export class EventLogEntity {
  /** int8 comes as text from the driver. */
  @PrimaryColumn('bigint')
  position!: string;

  @Column('uuid', { name: 'event_id' })
  eventId!: string;

  @Column('timestamptz', { name: 'published_at' })
  publishedAt!: Date;
}
