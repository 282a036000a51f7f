/** How often something may be done. */
export interface RateLimitPolicy {
  /** Stable, at most 50 lower-case letters and hyphens; names the policy in the database and to callers. */
  readonly name: string;
  /** The most calls of one subject within a window, over all processes; at least 1. */
  readonly limit: number;
  readonly windowSeconds: number;
}

/** What came of asking. */
export interface RateLimitDecision {
  readonly allowed: boolean;
  readonly policy: RateLimitPolicy;
  /** What is left in this window as far as this process knows; other processes may have used some of it. */
  readonly remaining: number;
  /** Whole seconds until the window ends, at least 1. */
  readonly resetSeconds: number;
}
