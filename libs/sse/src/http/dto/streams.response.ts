import { ArrayField, DateTimeField, EnumField, IntegerField, ObjectField, StringField, UuidField } from '#zakops/http';

/** What a stream asks for. */
export class StreamFilterResponse {
  @ArrayField('string', { description: 'Types and families of events; empty for all that the reader may see.' })
  types!: string[];

  @StringField({ nullable: true })
  correlation_id!: string | null;

  @StringField({ nullable: true, description: 'The deal that the stream is about.' })
  aggregate_id!: string | null;
}

/** One open event stream. */
export class StreamResponse {
  @UuidField()
  id!: string;

  @StringField({ description: 'The process that holds it.', example: 'zakops-backend-0/1/3f2a9c1b' })
  process_id!: string;

  @StringField({ description: 'The e-mail of the reader, or of the owner of its key.', example: 'ann@example.com' })
  operator!: string;

  @UuidField({ nullable: true, description: 'Set for a reader with an API key.' })
  api_key_id!: string | null;

  @DateTimeField()
  since!: string;

  @StringField({ nullable: true, description: 'The address of the client.', example: '203.0.113.7' })
  address!: string | null;

  @ObjectField(() => StreamFilterResponse)
  filter!: StreamFilterResponse;

  @StringField({ description: 'How it began: `live`, `replayed`, or `reset` with its reason.', example: 'live' })
  resume!: string;

  @IntegerField({ min: 0, description: 'Events that were written as they happened.' })
  sent_frames!: number;

  @IntegerField({ min: 0, description: 'Events that are written and wait for the client.' })
  waiting_frames!: number;

  @DateTimeField({ description: 'When the process said so: now for the process that answers, five seconds ago at most for others.' })
  seen_at!: string;
}

/** A stream that will end. */
export class StreamEndingResponse {
  @EnumField(['ending'], 'StreamEnding', { description: 'Its process ends it within about a second.' })
  status!: 'ending';

  @UuidField()
  id!: string;
}

/** What one process was asked for. */
export class ShedOfProcessResponse {
  @StringField()
  process_id!: string;

  @IntegerField({ min: 1 })
  count!: number;
}

/** Streams that will end. */
export class StreamsShedResponse {
  @EnumField(['ending'], 'StreamEnding', { description: 'Their processes end them within about a second.' })
  status!: 'ending';

  @IntegerField({ min: 0, description: 'How many were asked to end: fewer than wanted when there are not so many.' })
  count!: number;

  @ArrayField(() => ShedOfProcessResponse, { description: 'In proportion to what each holds.' })
  processes!: ShedOfProcessResponse[];
}
