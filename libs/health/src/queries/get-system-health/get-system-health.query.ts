import { Query } from '@nestjs/cqrs';
import type { ComponentHealth, ComponentState } from '../../components/health-contributor.js';

/** A component as an operator sees it. */
export interface ComponentStatus {
  readonly name: string;
  readonly state: ComponentState;
  readonly since: Date;
  /** Null when it is up. */
  readonly reason: string | null;
  /** Where to read on. */
  readonly runbook: string;
  readonly stats: NonNullable<ComponentHealth['stats']>;
}

/** The whole system. */
export interface SystemHealth {
  /** `healthy` when every component is up. */
  readonly overall: 'healthy' | 'degraded';
  /** By name. */
  readonly components: readonly ComponentStatus[];
}

/** How every component is, why, and since when. */
export class GetSystemHealth extends Query<SystemHealth> {}
