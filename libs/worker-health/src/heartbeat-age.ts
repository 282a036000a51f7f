/**
 * Seconds for which a heartbeat and a finished turn of the main loop count as fresh.
 *
 * @remarks Four heartbeats: three may be lost before a process counts as silent, and a blocked loop is noticed within 30 seconds. A heartbeat
 * may also lie this far ahead: a statement that waited for a lock has the time of its beginning, and sees heartbeats that came meanwhile.
 */
export const FRESH_FOR_SECONDS = 20;

const FRESH_FOR = `interval '${String(FRESH_FOR_SECONDS)} s'`;

/** Of a row of `zakops.processes`: its last heartbeat is fresh. */
export const FRESH_BEAT = `beat_at BETWEEN now() - ${FRESH_FOR} AND now() + ${FRESH_FOR}`;

/** Of a row of `zakops.processes`: it was written before the clock of the database was set back. A living process overwrites it. */
export const BEAT_BEFORE_SET_BACK = `beat_at > now() + ${FRESH_FOR}`;

/**
 * SQL for the seconds between an instant and now, a float8.
 *
 * @remarks The distance in either direction: after the clock was set back, what lies ahead is as uncertain as what is long over.
 * @param instant - a column or another expression of type timestamptz
 */
export function secondsFromNow(instant: string): string {
  return `abs(extract(epoch FROM now() - ${instant}))::float8`;
}

/** Whether a heartbeat or a turn of this age is fresh; a negative age lies ahead and counts by its distance, as in SQL. */
export function isFresh(ageSeconds: number): boolean {
  return Math.abs(ageSeconds) <= FRESH_FOR_SECONDS;
}
