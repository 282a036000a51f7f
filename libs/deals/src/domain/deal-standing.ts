/** What became of a deal, beside its stage and its details. */
export interface DealStanding {
  /** The status to which {@link Deal.restore} goes back; null unless archived by a verb. */
  readonly statusBefore: string | null;
  readonly deleted: boolean;
  readonly mergedInto: string | null;
  /** A code of `OUTCOME_REASONS`; null while the deal is open, or when no reason was given. */
  readonly outcomeReason: string | null;
  readonly outcomeNote: string | null;
  /** The day until whose end nobody is reminded of the deal, `YYYY-MM-DD`; null when it is not snoozed. */
  readonly snoozedUntil: string | null;
  readonly snoozeReason: string | null;
  /** The name of the deal in the system that it was imported from. */
  readonly externalId: string | null;
  /** Threads of mail that belong to the deal. */
  readonly emailThreadIds: readonly unknown[];
}

/** The standing of a new deal. */
export const NEW_STANDING: DealStanding = {
  statusBefore: null,
  deleted: false,
  mergedInto: null,
  outcomeReason: null,
  outcomeNote: null,
  snoozedUntil: null,
  snoozeReason: null,
  externalId: null,
  emailThreadIds: [],
};

const COLUMNS: Readonly<Record<keyof DealStanding, string>> = {
  statusBefore: 'status_before',
  deleted: 'deleted',
  mergedInto: 'merged_into',
  outcomeReason: 'outcome_reason',
  outcomeNote: 'outcome_note',
  snoozedUntil: 'snoozed_until',
  snoozeReason: 'snooze_reason',
  externalId: 'external_id',
  emailThreadIds: 'email_thread_ids',
};

/** A standing under the names that callers know. */
export function standingToWireNames(standing: Partial<DealStanding>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(standing).map(([name, value]) => [COLUMNS[name as keyof DealStanding], value]));
}
