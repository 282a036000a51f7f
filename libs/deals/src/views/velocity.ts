/** The period and the source that are looked at; undefined for all. */
export interface VelocityFilter {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly source: string | undefined;
}

/** What became of the stays in a stage. */
export interface StageConversion {
  readonly stage: string;
  readonly entered: number;
  readonly movedOn: number;
  readonly lost: number;
  readonly movedBack: number;
  readonly archived: number;
  readonly stillThere: number;
}

/** How long stays in a stage took. */
export interface StageVelocity {
  readonly stage: string;
  /** Stays that are over. */
  readonly stays: number;
  readonly medianDays: number;
  readonly p90Days: number;
}

/** How deals of one source ended in one part of a period. */
export interface WinRate {
  /** The first day of it, `YYYY-MM-DD`. */
  readonly period: string;
  readonly source: string;
  readonly won: number;
  readonly lost: number;
  /** Outcomes by reason, of those that have one. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** A deal beside others in its stage. */
export interface DealPace {
  readonly stage: string;
  readonly days: number;
  /** Stays of others that it is compared with. */
  readonly stays: number;
  /** The share of them that took less time, 0 to 100; null without any. */
  readonly percentile: number | null;
}
