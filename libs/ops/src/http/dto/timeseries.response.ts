import { ArrayField, BooleanField, DateTimeField, EnumField, IntegerField, MapField, ObjectField, StringField } from '#zakops/http';
import type { ValueRule } from '#zakops/http';
import { ANNOTATION_KINDS } from '../../timeseries/annotations.js';
import type { Annotation } from '../../timeseries/annotations.js';

const VALUES: ValueRule = { schema: { type: 'array', items: { type: ['number', 'null'] } }, faults: () => [] };

/** What happened meanwhile. */
export class AnnotationResponse {
  @DateTimeField()
  at!: string;

  @EnumField(ANNOTATION_KINDS, 'AnnotationKind')
  kind!: Annotation['kind'];

  @StringField({ example: 'api 0.4.0+abc1234 → 0.4.1+def5678' })
  text!: string;

  @StringField({ description: 'A path of the page of operations.', example: '/ops/processes' })
  link!: string;
}

/** The least and the greatest value of each bin. */
export class SeriesBoundsResponse {
  @MapField(VALUES)
  min!: Record<string, (number | null)[]>;

  @MapField(VALUES)
  max!: Record<string, (number | null)[]>;
}

/** Series over a time, in columns. */
export class TimeseriesResponse {
  @IntegerField({ min: 10, description: 'The width of a bin.' })
  step_seconds!: number;

  @DateTimeField()
  from!: string;

  @DateTimeField()
  to!: string;

  @ArrayField('integer', { description: 'When each bin begins, in seconds since 1970.' })
  times!: number[];

  @MapField(VALUES, {
    description: 'The mean of a gauge, a counter per second. Null is a gap: no process sampled, or a percentile had no requests.',
    example: { 'outbox.oldest_due_age': [0.3, null] },
  })
  series!: Record<string, (number | null)[]>;

  @ObjectField(() => SeriesBoundsResponse, {
    nullable: true,
    description: 'What the means hide; null where a bin is one sample.',
  })
  bounds!: SeriesBoundsResponse | null;

  @ArrayField(() => AnnotationResponse, { description: 'Oldest first.' })
  annotations!: AnnotationResponse[];

  @BooleanField({ description: 'The last bin is not over.' })
  newest_is_partial!: boolean;
}
