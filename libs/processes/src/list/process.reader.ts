import { Database } from '#zakops/database';
import { FRESH_BEAT, isFresh, secondsFromNow } from '#zakops/worker-health';
import { Injectable } from '@nestjs/common';
import type { ProcessKind } from '../process-kind.js';
import type { ProcessRow, ProcessSummary } from './process-row.js';

const BEAT_AGE = secondsFromNow('beat_at');

const COLUMNS = `process_id, kind, role, version, commit, schema_version, started_at, beat_at,
         ${BEAT_AGE} AS beat_age, ${secondsFromNow('progress_at')} AS progress_age`;

// The row of a killed process stays for a day: the limit keeps a crash loop from filling an answer.
const ORDER = 'ORDER BY kind, role NULLS LAST, started_at, process_id LIMIT 1000';
const LIST = `SELECT ${COLUMNS}, figures FROM zakops.processes ${ORDER}`;
const LIST_LIVING = `SELECT ${COLUMNS}, figures FROM zakops.processes WHERE ${FRESH_BEAT} ${ORDER}`;
const LIST_RECENT = `SELECT ${COLUMNS} FROM zakops.processes WHERE ${BEAT_AGE} <= $1 ${ORDER}`;

// What is not a number adds nothing: a process of another version may send something else by that name.
const SUM = `
  SELECT count(*)::int AS processes, coalesce(sum(CASE WHEN jsonb_typeof(figures -> $2) = 'number' THEN (figures ->> $2)::float8 END), 0) AS sum
    FROM zakops.processes
   WHERE kind = $1 AND process_id IS DISTINCT FROM $3 AND ${FRESH_BEAT}`;

/** The number of living processes, and the sum of one of their values. */
export interface StatSum {
  readonly processes: number;
  readonly sum: number;
}

interface Row {
  readonly process_id: string;
  readonly kind: ProcessKind;
  readonly role: 'active' | 'standby' | null;
  readonly version: string;
  readonly commit: string;
  readonly schema_version: string | null;
  readonly started_at: Date;
  readonly beat_at: Date;
  readonly beat_age: number;
  readonly progress_age: number;
}

type RowWithStats = Row & { readonly figures: ProcessRow['stats'] };

/** Reads the list of processes. */
@Injectable()
export class ProcessReader {
  constructor(private readonly database: Database) {}

  /**
   * Every process that sent a heartbeat in the last day and did not stop in order, API first, the active worker before the others.
   *
   * @throws DatabaseUnavailableError when the server cannot be reached
   */
  async list(): Promise<readonly ProcessRow[]> {
    return (await this.database.query<RowWithStats>(LIST)).map(toProcessRow);
  }

  /** Those of {@link list} that are alive. */
  async living(): Promise<readonly ProcessRow[]> {
    return (await this.database.query<RowWithStats>(LIST_LIVING)).map(toProcessRow);
  }

  /**
   * Adds up one value that the living processes of a kind send with their heartbeats; what is no number adds nothing.
   *
   * @param except - a process to leave out: a process knows its own value better than its last heartbeat does
   */
  async sum(kind: ProcessKind, stat: string, except?: string): Promise<StatSum> {
    const [row] = await this.database.query<StatSum>(SUM, [kind, stat, except ?? null]);
    return row ?? { processes: 0, sum: 0 };
  }

  /** Those whose last heartbeat is at most so many seconds old, without their stats. */
  async recent(seconds: number): Promise<readonly ProcessSummary[]> {
    return (await this.database.query<Row>(LIST_RECENT, [seconds])).map(toSummary);
  }
}

function toProcessRow(row: RowWithStats): ProcessRow {
  return { ...toSummary(row), stats: row.figures };
}

function toSummary(row: Row): ProcessSummary {
  return {
    processId: row.process_id,
    kind: row.kind,
    role: row.role,
    version: row.version,
    commit: row.commit,
    schemaVersion: row.schema_version,
    startedAt: row.started_at,
    beatAt: row.beat_at,
    beatAgeSeconds: round(row.beat_age),
    progressAgeSeconds: round(row.progress_age),
    alive: isFresh(row.beat_age),
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
