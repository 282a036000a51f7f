/** Days after which a deal in a stage is stuck. */
export interface StageLimits {
  readonly days: Readonly<Record<string, number>>;
  readonly version: number;
}
