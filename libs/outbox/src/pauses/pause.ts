/** What a pause stops: every delivery, those to a consumer, those of an event type, or those of an aggregate. */
export const PAUSE_SCOPES = ['all', 'consumer', 'event_type', 'aggregate'] as const;

/** One of the four scopes. */
export type PauseScope = (typeof PAUSE_SCOPES)[number];

/** Whose deliveries are paused. */
export type PauseTarget =
  | { readonly scope: 'all' }
  | { readonly scope: 'consumer'; readonly consumer: string }
  /** A type (`deal.created`) or a family (`deal.*`). */
  | { readonly scope: 'event_type'; readonly eventType: string }
  | { readonly scope: 'aggregate'; readonly aggregateType: string; readonly aggregateId: string };

/** No pause ends later than this after it was begun or changed, in minutes: what is forgotten ends within a day. */
export const LONGEST_PAUSE_MINUTES = 1_440;

/** How long a pause lasts when nothing else is said, in minutes. */
export const DEFAULT_PAUSE_MINUTES = 60;

/** So many pauses may be in force at the same time. */
export const MOST_PAUSES = 100;

/** One pause. */
export interface Pause {
  readonly id: string;
  readonly target: PauseTarget;
  readonly reason: string;
  /** The actor, for example `user:ann@example.com`. */
  readonly pausedBy: string;
  readonly startedAt: Date;
  readonly endsAt: Date;
  /** When an operator ended it before its end; null when nobody did. */
  readonly resumedAt: Date | null;
  readonly resumedBy: string | null;
  /** By the clock of the database. */
  readonly isInForce: boolean;
}

/** What is paused, as one says it: `all deliveries`, `deliveries to deal-activity`. */
export function describeTarget(target: PauseTarget): string {
  switch (target.scope) {
    case 'all':
      return 'all deliveries';
    case 'consumer':
      return `deliveries to ${target.consumer}`;
    case 'event_type':
      return `deliveries of ${target.eventType}`;
    case 'aggregate':
      return `deliveries of ${target.aggregateType} ${target.aggregateId}`;
  }
}
