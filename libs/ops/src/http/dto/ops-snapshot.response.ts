import { ArrayField, DateTimeField, EnumField, IntegerField, JsonObjectField, NumberField, ObjectField, StringField } from '#zakops/http';

/** The build that answers. */
export class SnapshotBuildResponse {
  @StringField({ example: '0.4.0' })
  version!: string;

  @StringField({ example: 'abc1234' })
  commit!: string;
}

/** One component that is not up. */
export class VerdictReasonResponse {
  @StringField({ example: 'outbox' })
  component!: string;

  @EnumField(['degraded', 'down', 'unknown'], 'ReasonState')
  state!: 'degraded' | 'down' | 'unknown';

  @DateTimeField()
  since!: string;

  @StringField({ example: '12 dead letters of deal-activity wait for an operator.' })
  text!: string;

  @StringField({ example: 'docs/deployment-runbook.md#outbox-not-processing' })
  runbook!: string;

  @StringField({ description: 'A path of the page of operations.', example: '/ops/deliveries' })
  link!: string;
}

/** How the system is, in one word and one sentence. */
export class VerdictResponse {
  @EnumField(['well', 'attention', 'down'], 'VerdictState')
  state!: 'well' | 'attention' | 'down';

  @StringField({ example: 'Everything is well.' })
  sentence!: string;

  @ArrayField(() => VerdictReasonResponse)
  reasons!: VerdictReasonResponse[];
}

/** The database, seen by the process that answers. */
export class SnapshotDatabaseResponse {
  @EnumField(['up', 'degraded', 'down', 'unknown'], 'ComponentState')
  state!: 'up' | 'degraded' | 'down' | 'unknown';

  @IntegerField({ min: 0, nullable: true })
  response_ms!: number | null;

  @IntegerField({ min: 0, description: 'Connections of the pool in use.' })
  pool_used!: number;

  @IntegerField({ min: 1 })
  pool_size!: number;
}

/** Requests of all API processes in the last minute. */
export class SnapshotHttpResponse {
  @NumberField({ min: 0, nullable: true })
  per_second!: number | null;

  @NumberField({ min: 0, max: 1, nullable: true })
  error_ratio!: number | null;

  @NumberField({ min: 0, nullable: true, description: 'The bound of latency below which 95 of 100 stayed.' })
  p95_ms!: number | null;
}

/** What operators see at first sight. A member that cannot be read is null; parts of the system may add members. */
export class OpsSnapshotResponse {
  @DateTimeField({ description: 'When it was read; two seconds ago at most.' })
  at!: string;

  @ObjectField(() => SnapshotBuildResponse)
  build!: SnapshotBuildResponse;

  @StringField({ example: 'production' })
  environment!: string;

  @ObjectField(() => VerdictResponse)
  verdict!: VerdictResponse;

  @JsonObjectField({ nullable: true, description: 'Depth, age, rates and worker, named as in `getOutboxStats`.' })
  outbox!: Record<string, unknown> | null;

  @ArrayField('json', { nullable: true, description: 'As in `getOutboxStats`.' })
  consumers!: unknown[] | null;

  @ArrayField('json', { nullable: true, description: 'Pauses in force.' })
  pauses!: unknown[] | null;

  @ArrayField('json', { nullable: true, description: 'Tasks that run.' })
  tasks!: unknown[] | null;

  @JsonObjectField({
    nullable: true,
    description: 'Number, reasons and age of the dead letters; `newest` has the five largest failure groups, the newest failure first.',
  })
  dlq!: Record<string, unknown> | null;

  @JsonObjectField({ nullable: true, description: 'Open event streams of all API processes, and their limit.' })
  streams!: Record<string, unknown> | null;

  @ObjectField(() => SnapshotHttpResponse, { nullable: true })
  http!: SnapshotHttpResponse | null;

  @ArrayField('json', { nullable: true, description: 'As in `getSystemHealth`.' })
  processes!: unknown[] | null;

  @ObjectField(() => SnapshotDatabaseResponse)
  database!: SnapshotDatabaseResponse;

  @JsonObjectField({ nullable: true, description: 'Entries that wait for the hash chain, and the last anchor.' })
  audit!: Record<string, unknown> | null;
}
