/** How a check ended: `skipped` when it could not look, which says nothing about what it would have seen. */
export type FindingState = 'ok' | 'warning' | 'failure' | 'skipped';

/** What a check found; it never holds a secret. */
export interface Finding {
  readonly state: FindingState;
  /** What is the case, in one or two sentences. */
  readonly detail: string;
  /** What to do about it; nothing for what is well. */
  readonly advice?: string | undefined;
  /** The values behind the detail, for programs; JSON calls them `figures`. */
  readonly measured?: Readonly<Record<string, unknown>> | undefined;
}

/** A finding with its place. */
export interface ReportedFinding extends Finding {
  /** For example `database.clock`. */
  readonly id: string;
  readonly title: string;
  /** Where more is said, for example `docs/deployment-runbook.md#outbox-not-processing`. */
  readonly link: string;
}

/** One thing to look at. */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** Page and heading below `docs/`, as a link has them: where it is said what to do. */
  readonly guide: `${string}.md#${string}`;
  /** Gives one finding, or one for each thing that is wrong. What it throws becomes a failure. */
  run(): Promise<Finding | readonly [Finding, ...Finding[]]>;
}
