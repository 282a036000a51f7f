import { EnumField, IntegerField, ObjectField, StringField } from '#zakops/http';

/** The process serves. */
export class HealthyResponse {
  @StringField({ example: 'healthy' })
  status!: 'healthy';
}

/** The process lives. */
export class AliveResponse {
  @StringField({ example: 'alive' })
  status!: 'alive';
}

/** One check. */
export class CheckResponse {
  @EnumField(['up', 'degraded', 'down'], 'CheckStatus', { description: '`degraded` does not make the process unready.' })
  status!: 'up' | 'degraded' | 'down';

  @StringField({ optional: true, description: 'Why it is not up.' })
  reason?: string;

  @IntegerField({ optional: true, min: 0 })
  response_time_ms?: number;

  @IntegerField({ optional: true, min: 0, description: 'Pending migrations.' })
  pending?: number;

  @EnumField(['running', 'failing', 'not_running', 'unknown'], 'WorkerState', {
    optional: true,
    description: '`failing`: a worker is active, and at least one of its loops fails every time.',
  })
  state?: string;
}

/** The checks of readiness; a stopping process answers only `draining`. */
export class ChecksResponse {
  @ObjectField(() => CheckResponse, { optional: true })
  database?: CheckResponse;

  @ObjectField(() => CheckResponse, { optional: true })
  migrations?: CheckResponse;

  @ObjectField(() => CheckResponse, { optional: true, description: 'For information: the API is ready without a worker.' })
  outbox_processor?: CheckResponse;

  @ObjectField(() => CheckResponse, { optional: true })
  draining?: CheckResponse;
}

/** Whether requests should be sent here. */
export class ReadyResponse {
  @EnumField(['ready', 'not_ready'], 'ReadyStatus')
  status!: 'ready' | 'not_ready';

  @ObjectField(() => ChecksResponse)
  checks!: ChecksResponse;
}

/** Whether the start is over. */
export class StartedResponse {
  @EnumField(['started', 'starting'], 'StartStatus')
  status!: 'started' | 'starting';

  @StringField({ optional: true, description: 'What the start waits for.' })
  message?: string;
}
