import type { HealthIndicatorResult, HealthIndicatorStatus } from '@nestjs/terminus';

/** What a check may say beside its status, as it goes over the wire. A type, because Terminus asks for an index signature. */
export type CheckDetails = {
  readonly reason?: string;
  readonly response_time_ms?: number;
  /** Pending migrations. */
  readonly pending?: number;
  /** Of the worker: running, failing, not_running or unknown. */
  readonly state?: string;
};

/** One check with its details. */
export type CheckResult<Key extends string = string> = HealthIndicatorResult<Key, HealthIndicatorStatus, CheckDetails>;
