import { IntegerField, NumberField } from '#zakops/http';

/** What a client may know of streams before it opens one. */
export class StreamStatusResponse {
  @IntegerField({ min: 0, description: 'Open streams of the process that answers.' })
  total_connections!: number;

  @IntegerField({ min: 1 })
  max_connections!: number;

  @NumberField({ description: 'Seconds between heartbeats.', example: 15 })
  heartbeat_interval_seconds!: number;

  @NumberField({ description: 'How old the first missed event may be when a stream resumes.', example: 1 })
  replay_window_hours!: number;

  @IntegerField({ min: 1, description: 'How many events of the log may be missed when a stream resumes.', example: 1000 })
  replay_max_events!: number;
}
