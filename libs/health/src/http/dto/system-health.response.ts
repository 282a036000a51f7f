import { ArrayField, BooleanField, DateTimeField, EnumField, IntegerField, NumberField, ObjectField, StringField } from '#zakops/http';
import type { ComponentState } from '../../components/health-contributor.js';
import { FailingLoopResponse } from './failing-loop.response.js';

/** One component; values of its own stand beside these members. */
export class ComponentResponse {
  @EnumField(['up', 'degraded', 'down', 'unknown'], 'ComponentState')
  state!: ComponentState;

  @DateTimeField({
    description: 'Since when it has this state. If the component does not know, since when this process has seen the state.',
  })
  since!: string;

  @StringField({ nullable: true, description: 'Null when it is up.' })
  reason!: string | null;

  @StringField({ description: 'Where to read on, below `RUNBOOK_BASE_URL`.', example: 'docs/deployment-runbook.md#outbox-not-processing' })
  runbook!: string;
}

/** The database. */
export class DatabaseComponentResponse extends ComponentResponse {
  @IntegerField({ min: 0, optional: true, nullable: true })
  response_time_ms?: number | null;
}

/** The active worker. */
export class OutboxProcessorComponentResponse extends ComponentResponse {
  @StringField({ optional: true, nullable: true, description: 'The process that is or was the active one; null before the first.' })
  owner?: string | null;

  @DateTimeField({ optional: true, nullable: true })
  last_heartbeat_at?: string | null;

  @ArrayField(() => FailingLoopResponse, { optional: true, description: 'Of every worker that lives; the longest first.' })
  failing?: FailingLoopResponse[];
}

/** The outbox. Its values are missing while the database is away. */
export class OutboxComponentResponse extends ComponentResponse {
  @IntegerField({ min: 0, optional: true })
  pending?: number;

  @IntegerField({ min: 0, optional: true })
  dead?: number;

  @IntegerField({ min: 0, optional: true, description: 'Pending and due for more than one hour.' })
  stuck?: number;

  @NumberField({ min: 0, optional: true, nullable: true })
  oldest_due_age_seconds?: number | null;
}

/** The event streams of this process. */
export class StreamsComponentResponse extends ComponentResponse {
  @IntegerField({ min: 0, optional: true })
  connections?: number;

  @IntegerField({ min: 0, optional: true })
  max?: number;
}

/** A process by its last heartbeat. */
export class ProcessResponse {
  @StringField({ description: 'Host, process id and a random part.', example: 'zakops-backend-0/1/3f2a9c1b' })
  process_id!: string;

  @EnumField(['api', 'outbox-worker'], 'ProcessKind')
  kind!: 'api' | 'outbox-worker';

  @EnumField(['active', 'standby'], 'WorkerRole', { nullable: true, description: 'Of a worker.' })
  role!: 'active' | 'standby' | null;

  @StringField({ example: '1.0.0' })
  version!: string;

  @StringField({ example: '3f2a9c1' })
  commit!: string;

  @StringField({ nullable: true, description: 'The newest migration that its build knows.' })
  schema_version!: string | null;

  @DateTimeField()
  started_at!: string;

  @NumberField({ min: 0, description: 'Since its last heartbeat; one comes every five seconds.' })
  beat_age_seconds!: number;

  @BooleanField({ description: 'False when no heartbeat came for 20 seconds: it was killed, or its event loop is blocked.' })
  alive!: boolean;
}

/** The processes of the last five minutes. A process that stopped in order is not among them. */
export class ProcessesComponentResponse extends ComponentResponse {
  @IntegerField({ min: 0, optional: true, description: 'API processes alive.' })
  api?: number;

  @IntegerField({ min: 0, optional: true, description: 'Workers alive, active or standing by.' })
  workers?: number;

  @ArrayField(() => ProcessResponse, { optional: true })
  processes?: ProcessResponse[];
}

/** The hash chain of the audit log. */
export class AuditChainComponentResponse extends ComponentResponse {
  @IntegerField({ min: 0, optional: true, description: 'Entries that have no place in the chain yet; counted up to 100000.' })
  pending?: number;

  @NumberField({ min: 0, optional: true, nullable: true })
  oldest_pending_age_seconds?: number | null;
}

/** Every component by name; modules may add more. */
export class ComponentsResponse {
  @ObjectField(() => AuditChainComponentResponse, { optional: true })
  audit_chain?: AuditChainComponentResponse;

  @ObjectField(() => DatabaseComponentResponse)
  database!: DatabaseComponentResponse;

  @ObjectField(() => OutboxComponentResponse)
  outbox!: OutboxComponentResponse;

  @ObjectField(() => OutboxProcessorComponentResponse)
  outbox_processor!: OutboxProcessorComponentResponse;

  @ObjectField(() => ProcessesComponentResponse)
  processes!: ProcessesComponentResponse;

  @ObjectField(() => StreamsComponentResponse, { optional: true })
  sse?: StreamsComponentResponse;
}

/** The whole system. */
export class SystemHealthResponse {
  @EnumField(['healthy', 'degraded'], 'SystemState', { description: '`healthy` when every component is up.' })
  overall!: 'healthy' | 'degraded';

  @ObjectField(() => ComponentsResponse)
  components!: ComponentsResponse;
}
