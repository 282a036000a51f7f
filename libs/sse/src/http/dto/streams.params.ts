import { IntegerField, PageQuery, StringField, UuidField } from '#zakops/http';

const REASON = {
  optional: true,
  max: 1_000,
  description: 'Kept in the audit log.',
  example: 'The tab was left open on a shared screen.',
} as const;

/** The page of the list of streams. */
export class ListStreamsParams extends PageQuery {}

/** The path of one stream. */
export class StreamPath {
  @UuidField({ description: 'As the list has it.' })
  id!: string;
}

/** Why a stream is ended. */
export class EndStreamParams {
  @StringField(REASON)
  reason?: string;
}

/** How many streams to end. */
export class ShedStreamsRequest {
  @IntegerField({ min: 1, max: 100_000, description: 'How many of the oldest streams to end, over all processes.', example: 100 })
  count!: number;

  @StringField(REASON)
  reason?: string;
}
