/** `degraded` works but needs a look; `unknown` could not be asked. */
export type ComponentState = 'up' | 'degraded' | 'down' | 'unknown';

/** A figure as JSON has it. */
export type Figure = number | string | boolean | null;

/** How a component is. */
export interface ComponentHealth {
  readonly state: ComponentState;
  /** Why it is not `up`, in one sentence for an operator: no secrets, no addresses. */
  readonly reason?: string;
  /** Since when, if the component knows; otherwise since this process first saw it. */
  readonly since?: Date;
  /** Figures of its own, snake_case, shown beside its state; lists of things that have figures, too. */
  readonly figures?: Readonly<Record<string, Figure | readonly Readonly<Record<string, Figure>>[]>>;
}

/** A part of the system that can tell how it is. Asked at most once per look; given up after two seconds. */
export interface HealthContributor {
  check(): ComponentHealth | Promise<ComponentHealth>;
}
