import { EnumField, IntegerField, MapField, NumberField, StringField } from '#zakops/http';

/** The streams of one API process, and of all together. */
export class SseStatsResponse {
  @IntegerField({ min: 0, description: 'Open streams of the process that answers.' })
  total_connections!: number;

  @IntegerField({
    min: 0,
    nullable: true,
    description: 'Open streams of all API processes, of the others as of five seconds ago; null while the database is away.',
  })
  cluster_connections!: number | null;

  @IntegerField({ min: 1, nullable: true, description: 'API processes alive; null while the database is away.' })
  cluster_processes!: number | null;

  @IntegerField({ min: 1 })
  max_connections!: number;

  @IntegerField({ min: 1, description: 'The most streams of one operator; does not count while AUTH_REQUIRED is false.' })
  max_per_user!: number;

  @NumberField({ description: 'Seconds between heartbeats.', example: 15 })
  heartbeat_interval!: number;

  @IntegerField({ min: 0, description: 'Events that wait for clients that are behind, over all streams.' })
  buffered_events!: number;

  @StringField({ nullable: true, description: 'Names the log; null until it was reached.' })
  epoch!: string | null;

  @IntegerField({ min: 0, nullable: true, description: 'How far this process has come in the log; null until it was reached.' })
  position!: number | null;

  @IntegerField({
    min: 0,
    nullable: true,
    description: 'How many events it is behind the end of the log; null while the database is away.',
  })
  lag!: number | null;

  @IntegerField({ min: 0, description: 'Streams opened since the process began.' })
  opened_total!: number;

  @MapField('integer', { description: 'Streams ended since the process began, by cause.', example: { client: 12, slow: 1 } })
  closed_by_cause!: Record<string, number>;

  @IntegerField({ min: 0, description: 'Events written since the process began, counted per stream.' })
  delivered_frames!: number;

  @EnumField(['listen', 'poll'], 'WakeMode', { description: 'How the process learns of new events at the moment.' })
  wake_mode!: 'listen' | 'poll';
}
