/** How much happened to a deal. */
export interface ActivitySummaryView {
  readonly dealId: string;
  readonly dealName: string;
  readonly stage: string;
  readonly status: string;
  /** Number of actions by their status; only statuses that occur. */
  readonly actions: Readonly<Record<string, number>>;
  readonly eventsCount: number;
  readonly agentRunsCount: number;
  /** The newest of the last event, move, note and action; null when there is none yet. */
  readonly lastActivityAt: Date | null;
}
