/**
 * What the clock of the database may say less than at another moment without having been set back: a transaction has the time of its
 * beginning, and a clock is corrected by fractions of a second.
 */
const TOLERANCE = `interval '5 seconds'`;

/**
 * SQL that is true while a deadline is still to come.
 *
 * @remarks After the clock of the database was set back, a deadline lies further ahead than its own length. It would hold for as much
 * longer as the clock was set back: a session for a day, a lock for a year. How much of it was over is unknown, so it counts as over.
 * @param deadline - a column or another expression of type timestamptz; null is not ahead
 * @param length - the longest time from its setting to its end, as an interval
 * @param now - `clock_timestamp()` where the transaction may have waited for a lock
 */
export function isAhead(deadline: string, length: string, now = 'now()'): string {
  return `(${deadline} > ${now} AND ${deadline} <= ${now} + ${length} + ${TOLERANCE})`;
}

/**
 * SQL that is true for an instant that has come: what began in the future began before the clock of the database was set back.
 *
 * @remarks The same as {@link isAhead} for a deadline whose length is not known, but whose beginning is.
 * @param instant - a column or another expression of type timestamptz
 */
export function hasCome(instant: string, now = 'now()'): string {
  return `(${instant} <= ${now} + ${TOLERANCE})`;
}
