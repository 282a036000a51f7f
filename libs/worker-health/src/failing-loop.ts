/** A loop of a process whose turns fail, or whose turn does not end; the instant is by the clock of the database. */
export interface FailingLoop {
  /** For example `publishing`, `lease`, or `consumer:` and a name. */
  readonly loop: string;
  /** When the first of the failed turns began. */
  readonly since: Date;
  /** Failed turns in a row; 0 while the first one has not ended yet. */
  readonly failures: number;
  /** The error of the last one, in one line: no secrets. */
  readonly error: string;
}

/**
 * Reads the column `failing` of `zakops.processes`.
 *
 * @param column - the value of the column; what a process of another version writes in another form is left out
 * @returns the loop that fails for the longest time first
 */
export function readFailingLoops(column: unknown): readonly FailingLoop[] {
  if (!Array.isArray(column)) return [];
  return column.flatMap(readFailingLoop).sort((a, b) => a.since.getTime() - b.since.getTime());
}

function readFailingLoop(told: unknown): readonly FailingLoop[] {
  if (typeof told !== 'object' || told === null) return [];
  const { loop, since, failures, error } = told as Readonly<Record<string, unknown>>;
  if (typeof loop !== 'string' || typeof since !== 'string' || typeof failures !== 'number' || typeof error !== 'string') return [];
  const at = new Date(since);
  return Number.isNaN(at.getTime()) ? [] : [{ loop, since: at, failures, error }];
}

/** Says which loops fail and since when, without the errors, so that everybody may read it. One sentence for each loop name. */
export function sayFailing(loops: readonly FailingLoop[], now?: Date): string {
  return firstOfEach(loops)
    .map((failing) => `${fact(failing, now)}.`)
    .join(' ');
}

/** As {@link sayFailing}, with the last error: `publishing has failed since 02:14:07 UTC (13 times): <error>.` For operators. */
export function explainFailing(loops: readonly FailingLoop[], now?: Date): string {
  return firstOfEach(loops)
    .map((failing) => `${fact(failing, now)}: ${failing.error.replace(/\.$/, '')}.`)
    .join(' ');
}

/** A time of the day in UTC, with the date unless it is that of today. */
export function sayTime(at: Date, now: Date = new Date()): string {
  const [day = '', time = ''] = at.toISOString().split('T');
  return `${now.toISOString().startsWith(day) ? '' : `${day} `}${time.slice(0, 8)} UTC`;
}

function fact({ loop, since, failures }: FailingLoop, now?: Date): string {
  if (failures === 0) return `${loop} has not finished a turn since ${sayTime(since, now)}`;
  return `${loop} has failed since ${sayTime(since, now)} (${failures === 1 ? 'once' : `${String(failures)} times`})`;
}

/** Several processes may have a loop of the same name. */
function firstOfEach(loops: readonly FailingLoop[]): readonly FailingLoop[] {
  return loops.filter(({ loop }, n) => loops.findIndex((other) => other.loop === loop) === n);
}
