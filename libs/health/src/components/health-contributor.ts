/** `degraded` works but needs a look; `unknown` could not be asked. */
export type ComponentState = 'up' | 'degraded' | 'down' | 'unknown';

/** One value of a component, as JSON has it. */
export type Stat = number | string | boolean | null;

/** The state of a component. */
export interface ComponentHealth {
  readonly state: ComponentState;
  /** Why it is not `up`, in one sentence for an operator: no secrets, no addresses. */
  readonly reason?: string;
  /** Since when, if the component knows; otherwise since this process first saw it. */
  readonly since?: Date;
  /** Values of its own, snake_case, shown beside its state; also lists of records of such values. */
  readonly stats?: Readonly<Record<string, Stat | readonly Readonly<Record<string, Stat>>[]>>;
}

/** A line of the readiness probe. It informs: the process is ready whatever it says. */
export interface ProbeLine {
  readonly status: 'up' | 'degraded';
  readonly state: string;
  /** Everybody may read it, so it names no error. */
  readonly reason?: string;
}

/** A part of the system that reports its own state. */
export interface HealthContributor {
  /** Called once for each answer of the system health; abandoned after two seconds. */
  check(): ComponentHealth | Promise<ComponentHealth>;
  /** Adds a line to the readiness probe, under the name of the component. */
  probe?(): Promise<ProbeLine>;
}
