/** How a check ended: `skipped` when it could not look, which says nothing about what it would have seen. */
export type FindingState = 'ok' | 'warning' | 'failure' | 'skipped';

/** What a check found; it never holds a secret. */
export interface Finding {
  readonly state: FindingState;
  /** What is the case, in one or two sentences. */
  readonly detail: string;
  /** What to do about it; nothing for what is well. */
  readonly advice?: string | undefined;
  /** What was measured, for programs. */
  readonly figures?: Readonly<Record<string, unknown>> | undefined;
}

/** A finding with its place. */
export interface ReportedFinding extends Finding {
  /** For example `database.clock`. */
  readonly id: string;
  readonly title: string;
  /** Where the runbook says more, for example `docs/deployment-runbook.md#outbox-not-processing`. */
  readonly link: string;
}

/** One thing to look at. */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** Heading of `docs/deployment-runbook.md`, as a link has it. */
  readonly runbook: string;
  /** What it throws becomes a failure. */
  run(): Promise<Finding>;
}
