import type { Database } from '#zakops/database';
import { performance } from 'node:perf_hooks';

const LOOK_EVERY_MS = 200;

// The last ordinal that was drawn, and after it the transactions that may still insert one drawn before. A transaction that draws an ordinal
// holds this lock on the table already, until its end.
const LOOK = `
  WITH drawn AS MATERIALIZED (
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS ordinal FROM zakops.outbox_ordinal_seq
  )
  SELECT d.ordinal, ARRAY (
    SELECT l.virtualtransaction FROM pg_locks l
     WHERE l.locktype = 'relation' AND l.relation = 'zakops.outbox_waiting'::regclass AND l.mode = 'RowExclusiveLock'
       AND l.pid IS DISTINCT FROM pg_backend_pid() AND d.ordinal IS NOT NULL) AS inserting
    FROM drawn d`;

/** What one publishing step saw of the waiting events. */
export interface SeenWaiting {
  /** Rows that it looked at, of at most `limit`. */
  readonly seen: number;
  readonly limit: number;
  /** The last ordinal among them; null when there was none. */
  readonly lastSeen: number | null;
  /** The first ordinal that it saw and left; null when it took all. */
  readonly firstLeft: number | null;
}

/**
 * The ordinal below which nothing waits any more, and nothing will.
 *
 * @remarks The index of waiting events keeps the entries of published ones as long as any snapshot in the database is older, which may be
 * hours. Without a floor each publishing step reads them all. An ordinal is drawn before its transaction commits, so the floor moves
 * only past ordinals whose transactions have ended. See docs/adr/0015-cursors.md.
 */
export class WaitingFloor {
  #floor = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Every ordinal up to here was drawn by a transaction that has ended, or by one of `open`. */
  #mark: { readonly ordinal: number; readonly open: ReadonlySet<string> } | undefined;
  /** Every ordinal up to here is committed or rolled back. */
  #settled = 0;

  constructor(private readonly database: Database) {}

  /** The ordinal at which to begin to look. */
  get value(): number {
    return this.#floor;
  }

  /** Looks at the transactions that insert; several times a second at most, and before a step. */
  async look(): Promise<void> {
    if (performance.now() - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = performance.now();
    const [row] = await this.database.query<{ ordinal: string; inserting: readonly string[] }>(LOOK);
    if (row === undefined) return;
    const open = new Set(row.inserting);
    if (this.#mark !== undefined && [...this.#mark.open].some((transaction) => open.has(transaction))) return;
    this.#settled = this.#mark?.ordinal ?? 0;
    const ordinal = Number(row.ordinal);
    if (open.size === 0) this.#settled = ordinal;
    this.#mark = { ordinal, open };
  }

  /** Takes in what a step saw that began after the last {@link look}. */
  stepped({ seen, limit, lastSeen, firstLeft }: SeenWaiting): void {
    const behind = seen < limit || lastSeen === null ? this.#settled + 1 : lastSeen + 1;
    const candidate = Math.min(this.#settled + 1, firstLeft ?? behind, behind);
    this.#floor = Math.max(this.#floor, candidate);
  }

  /** Begins at the first row again: the table may be another one, or the sequence. */
  reset(): void {
    this.#floor = 0;
    this.#settled = 0;
    this.#mark = undefined;
  }
}
