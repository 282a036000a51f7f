/** What an alert is about. */
export const ALERT_TYPES = ['stuck_deal', 'overdue_next_step', 'overdue_actions', 'pending_quarantine'] as const;

/** How much an alert presses, most first. */
export const ALERT_SEVERITIES = ['high', 'warning'] as const;

/** Something that somebody should look at. */
export interface AlertView {
  readonly type: (typeof ALERT_TYPES)[number];
  readonly severity: (typeof ALERT_SEVERITIES)[number];
  /** A deal, an action, or empty for the queue of mail. */
  readonly subjectId: string;
  readonly dealId: string | null;
  readonly title: string;
  /** When the limit of the stage was reached, the due day was over, the action was due, or the oldest mail came. */
  readonly since: Date;
  /** Whole days: for `stuck_deal` in the stage, for `overdue_next_step` since the due day, else since `since`. */
  readonly days: number;
  /** Things behind it: 1, or how many mails wait. */
  readonly count: number;
}

/** The place of an alert in the list. */
export interface AlertPlace {
  readonly severity: string;
  /** With microseconds. */
  readonly since: string;
  readonly type: string;
  readonly subject: string;
}

/** A list of alerts, and what it leaves out. */
export interface Alerts {
  readonly alerts: readonly AlertView[];
  /** All that fit the filter. */
  readonly total: number;
  /** Alerts that are left out because their deal is snoozed. */
  readonly snoozed: number;
  /** The place after which the next part begins; null at the end. */
  readonly next: AlertPlace | null;
}
