/** Chooses dead letters; a member that is left out does not narrow, so `{}` means all of them. */
export interface DeadLetterFilter {
  readonly id?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly consumer?: string | undefined;
  readonly aggregateType?: string | undefined;
  readonly aggregateId?: string | undefined;
  readonly reasonCode?: string | undefined;
  /** Of the failure group, see `fingerprintOf`. */
  readonly fingerprint?: string | undefined;
  /** The last attempt failed at this instant or later; ISO 8601. */
  readonly failedAfter?: string | undefined;
  /** The last attempt failed before this instant; ISO 8601. */
  readonly failedBefore?: string | undefined;
  /** The bound of a walk, beside `failedBefore`: the last attempt failed before this instant; ISO 8601. */
  readonly until?: string | undefined;
  /** The last attempt failed longer ago than this, by the clock of the database. */
  readonly olderThanDays?: number | undefined;
  /** Part of the error's text; case and the form of letters do not count, and no character has a special meaning. */
  readonly errorText?: string | undefined;
}

/** When the last attempt failed; the expression of the index `outbox_tickets_dead_order_idx`. `o` is the table of tickets. */
export const FAILED_AT = 'coalesce(o.last_attempt_at, o.created_at)';

/** The id of a dead letter; the expression of the index `outbox_tickets_dead_idx`. `o` is the table of tickets. */
export const DEAD_LETTER_ID = 'zakops.ticket_id(o.event_id, o.consumer)';

/** For each member, the condition that it adds; `$` stands for its parameter. */
const CONDITIONS: Readonly<Record<keyof DeadLetterFilter, string>> = {
  id: `${DEAD_LETTER_ID} = $::uuid`,
  correlationId: 'e.correlation_id = $',
  eventType: 'o.event_type = $',
  consumer: 'o.consumer = $',
  aggregateType: 'e.aggregate_type = $',
  aggregateId: 'e.aggregate_id = $',
  reasonCode: 'o.reason_code = $',
  fingerprint: 'o.fingerprint = $',
  failedAfter: `${FAILED_AT} >= $::timestamptz`,
  failedBefore: `${FAILED_AT} < $::timestamptz`,
  until: `${FAILED_AT} < $::timestamptz`,
  olderThanDays: `${FAILED_AT} < now() - $::integer * interval '1 day'`,
  errorText: 'strpos(zakops.fold(o.last_error), zakops.fold($)) > 0',
};

/**
 * Writes a filter as a SQL condition on tickets `o`, and on their events `e` when {@link needsEvents} is true.
 *
 * @param parameters - the statement's parameters so far; those of the filter are added
 * @returns the condition, with the state; safe to put behind `WHERE`
 */
export function deadLetterCondition(filter: DeadLetterFilter, parameters: unknown[]): string {
  const conditions = [`o.status = 'dead'`];
  for (const [member, condition] of Object.entries(CONDITIONS)) {
    const value = filter[member as keyof DeadLetterFilter];
    if (value === undefined) continue;
    parameters.push(value);
    conditions.push(condition.replaceAll('$', `$${String(parameters.length)}`));
  }
  return conditions.join(' AND ');
}

/** True when a filter compares columns of the events, so that they must be joined. */
export function needsEvents({ correlationId, aggregateType, aggregateId }: DeadLetterFilter): boolean {
  return [correlationId, aggregateType, aggregateId].some((given) => given !== undefined);
}
